"""``foundsound``, and ``python -m foundsound`` where no script is on the path."""

import os

INTERRUPTED = 130  # as cli/app.py ends, which is not there yet


def main() -> None:
    """Run the command line; a Ctrl-C while it is loaded ends it as quietly as one later on."""
    try:
        from foundsound.cli.app import main as run
    except KeyboardInterrupt:  # nothing is open yet
        os._exit(INTERRUPTED)
    run()


if __name__ == "__main__":
    main()
