"""Plays the stretch of a hit that fits, with whatever player this machine has."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from foundsound.errors import AudioError, FileUnavailable, InvalidRequest, OutOfBounds
from foundsound.search.results import Hit
from foundsound.settings import Settings

RATE = 48_000
MOST_S = 600.0  # that are cut out for a player that cannot seek
Command = Callable[[str, float, float], list[str]]  # path, start and length in seconds

SEEKING: dict[str, Command] = {
    "ffplay": lambda path, start, length: [
        *("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
        *("-ss", f"{start:.3f}", "-t", f"{length:.3f}", "-i", path),
    ],
    "mpv": lambda path, start, length: [
        *("mpv", "--no-video", "--really-quiet", "--no-config"),
        *(f"--start={start:.3f}", f"--length={length:.3f}", "--", path),
    ],
}
# These play a file from its start to its end: they are given a file of the stretch alone.
PLAIN = ("afplay", "paplay", "aplay", "play")


def play(hits: list[Hit], number: int, settings: Settings) -> None:
    """Play a hit from the second at which it fits, until its stretch ends.

    Args:
        number: of the hit, from 1 on.

    Raises:
        InvalidRequest: there is no such hit, no player, or no file that can be read.
    """
    if not 1 <= number <= len(hits):
        raise InvalidRequest(f"There is no hit {number} to play; the search found {len(hits)}.")
    hit = hits[number - 1]
    player = find_player()
    if not os.access(hit.path, os.R_OK):
        raise InvalidRequest(f"{hit.path} cannot be read now; is its drive online?")
    length = max(hit.end_s - hit.start_s, 0.05)
    if player in SEEKING:
        _run(SEEKING[player](hit.path, hit.start_s, length))
        return
    with tempfile.TemporaryDirectory(prefix="foundsound-play-") as folder:
        stretch = Path(folder) / "stretch.wav"
        _cut(hit, min(length, MOST_S), stretch, settings)
        _run([player, *(["-q"] if player in ("aplay", "play") else []), str(stretch)])


def find_player() -> str:
    """The first player that there is.

    Raises:
        InvalidRequest: there is none.
    """
    names = (*SEEKING, *PLAIN)
    found = next((name for name in names if shutil.which(name)), None)
    if found is None:
        raise InvalidRequest(f"--play needs a player; install one of {', '.join(names)}.")
    return found


def _cut(hit: Hit, length: float, target: Path, settings: Settings) -> None:
    """Write the stretch as a mono WAV file."""
    import numpy as np
    import soundfile

    from foundsound.audio.bounds import file_bounds
    from foundsound.audio.decode import MonoStream

    first, wanted, at = round(hit.start_s * RATE), round(length * RATE), 0
    try:
        with (
            MonoStream(os.fsencode(hit.path), RATE, file_bounds(settings)) as stream,
            soundfile.SoundFile(target, "w", RATE, 1, "PCM_16") as written,
        ):
            for block in stream.blocks():
                inside = block[max(first - at, 0) : max(first + wanted - at, 0)]
                at += len(block)
                written.write(np.clip(inside, -1.0, 1.0))
                if at >= first + wanted:
                    break
    except (AudioError, FileUnavailable, OutOfBounds) as error:
        raise InvalidRequest(f"{hit.path}: {error}") from error


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise InvalidRequest(f"{command[0]} cannot be started: {error.strerror}.") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise InvalidRequest(f"{command[0]} failed: {said[-1] if said else 'it does not say why'}.")
