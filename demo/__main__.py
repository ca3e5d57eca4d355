"""`python -m demo DEST`: build the demo library in a folder.

Offline it builds what it can compute and says what is missing: a demo without the recordings is
still a demo. It fails (code 2) only if too little is left, or DEST cannot be written.
"""

import argparse
import sys
import time
from pathlib import Path

import platformdirs

from demo.library import build

_ENOUGH = 40  # below this many sounds a search has nothing to choose from


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Build the demo library.")
    parser.add_argument("dest", type=Path, help="folder of the library; created if need be")
    parser.add_argument(
        "--cache",
        type=Path,
        default=platformdirs.user_cache_path("foundsound") / "demo",
        help="where downloaded wheels are kept (default: %(default)s)",
    )
    arguments = parser.parse_args()
    began = time.monotonic()
    try:
        report = build(arguments.dest, arguments.cache, lambda line: print(f"  {line}", flush=True))
    except OSError as error:
        print(f"The demo library cannot be written: {error}", file=sys.stderr)
        return 2
    took = time.monotonic() - began
    print(f"{report.total} sounds in {arguments.dest} ({report.written} written, {took:.0f} s)")
    if report.missing:
        print(f"Missing {len(report.missing)} recordings: {' '.join(report.reasons)}")
    if report.total < _ENOUGH:
        print(f"Fewer than {_ENOUGH} sounds: too few for a demo.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
