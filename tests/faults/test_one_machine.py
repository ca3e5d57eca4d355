"""One machine: ``foundsound serve`` is killed at any moment while its folders are worked on."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.library import SETTINGS, TriedLibrary, edge_points, sqlite_engine
from tests.faults.processes import Processes
from tests.process import Cli

ROUNDS = int(os.environ.get("FOUNDSOUND_TEST_FAULT_ROUNDS", "2"))
SEED = int(os.environ.get("FOUNDSOUND_TEST_FAULT_SEED", "1"))
STEP_BYTES = 2 * 2**20
CLOCK = Path(__file__).with_name("stepping_clock")


@contextmanager
def tried_library(
    tmp_path: Path,
    data_dir: Path,
    cache_dir: Path,
    mode: str,
    seed: int,
    name: str,
    told: list[str],
) -> Iterator[TriedLibrary]:
    """Two roots that the library watches in this mode."""
    cli = Cli(data_dir, cache_dir)
    clock = tmp_path / "clock"
    clock.write_text("0")
    roots = [tmp_path / "sounds", tmp_path / "more"]
    for root in roots:
        root.mkdir()
        added = cli.run("roots", "add", root, "--mode", mode)
        assert added.returncode == 0, added.stderr
    variables = {"FAULTS_CLOCK": str(clock), "PYTHONPATH": str(CLOCK)}
    environment = cli.environment | SETTINGS | variables
    commands = {"serve": ["serve", "--port", "0"]}
    with (
        Processes(tmp_path / "logs", environment, commands) as processes,
        sqlite_engine(cli) as engine,
    ):
        tried = TriedLibrary(processes, roots, engine, lambda: edge_points(data_dir), seed)
        try:
            yield tried
        finally:
            told.append(f"{name}: {tried.tried}")


@pytest.mark.parametrize("mode", ["native", "polling"])
@pytest.mark.timeout(360 * ROUNDS + 120)
def test_kills_at_any_moment(tmp_path: Path, cache_dir: Path, mode: str, told: list[str]) -> None:
    data_dir = tmp_path / "library"
    with tried_library(
        tmp_path, data_dir, cache_dir, mode, SEED, f"one machine, {mode}", told
    ) as library:
        for _ in range(ROUNDS):
            library.run_round(changes=30, kills=3)


@pytest.mark.timeout(360 * ROUNDS + 120)
def test_a_clock_that_steps(tmp_path: Path, cache_dir: Path, told: list[str]) -> None:
    def step() -> None:
        hours = library.rng.choice([-1000, -24, -1, 0, 1, 24, 1000])
        (tmp_path / "clock").write_text(str(3600 * hours))

    data_dir = tmp_path / "library"
    with tried_library(
        tmp_path, data_dir, cache_dir, "native", SEED + 1, "a clock that steps", told
    ) as library:
        for _ in range(ROUNDS):
            library.run_round(changes=20, kills=1, trouble=step, troubles=4)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs"]
    mounted = subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no small disk can be made: mounting a tmpfs needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.timeout(360 * ROUNDS + 120)
def test_a_disk_that_is_full(tmp_path: Path, cache_dir: Path, told: list[str]) -> None:
    def fill() -> None:
        ballast = data_dir / "ballast"
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            while (free := shutil.disk_usage(data_dir).free) > 4096:
                # As a disk fills: not between a look at its room and the write that follows.
                file.write(bytes(min(free - 4096, STEP_BYTES)))
                file.flush()
                time.sleep(0.02)
        for _ in range(4):
            library.tree.act()
            time.sleep(0.5)
        ballast.unlink()

    with small_disk(tmp_path / "disk", "160m") as disk:
        data_dir = disk / "library"
        with tried_library(
            tmp_path, data_dir, cache_dir, "native", SEED + 2, "a full disk", told
        ) as library:
            library.processes.may_refuse = True
            for _ in range(ROUNDS):
                library.run_round(changes=20, kills=1, trouble=fill, troubles=2)
