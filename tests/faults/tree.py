"""A tree of sounds that people work on all day: every change comes from a seed."""

import io
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile as sf

RATE = 16_000
FOLDERS = ("", "a", "a/deep", "b", "Ambience ü", "c\nd")


class BusyTree:
    """Roots full of small WAV files, and one random change after the other.

    Args:
        roots: existing folders.
        seed: of everything that happens.
    """

    def __init__(self, roots: list[Path], seed: int) -> None:
        self._roots = roots
        self._rng = random.Random(seed)
        self._made = 0
        self._unfinished: list[tuple[Path, bytes]] = []
        self._actions: list[tuple[int, Callable[[], str]]] = [
            (6, self._create),
            (2, self._create_slowly),
            (2, self._download),
            (2, self._copy),
            (1, self._hard_link),
            (3, self._change),
            (1, self._touch),
            (3, self._rename),
            (2, self._move),
            (1, self._rename_folder),
            (2, self._replace),
            (3, self._delete),
            (1, self._delete_folder),
            (1, self._spoil),
        ]

    def act(self) -> str:
        """Make one change; returns what it was."""
        if self._unfinished and self._rng.random() < 0.5:
            return self._finish()
        weights = [weight for weight, _ in self._actions]
        action = self._rng.choices([act for _, act in self._actions], weights)[0]
        return action()

    def come_to_rest(self) -> None:
        """Finish what was begun."""
        while self._unfinished:
            self._finish()

    def files(self) -> Iterator[Path]:
        """Every sound that lies there now, in a fixed order."""
        for root in self._roots:
            for folder, below, names in os.walk(root):
                below.sort()
                for name in sorted(names):
                    if name.endswith(".wav"):
                        yield Path(folder, name)

    def _create(self) -> str:
        path = self._new_path()
        path.write_bytes(self._sound())
        return f"create {path.name}"

    def _create_slowly(self) -> str:
        """A copy over a slow network: the rest comes some changes later."""
        path, content = self._new_path(), self._sound()
        path.write_bytes(content[: len(content) // 2])
        self._unfinished.append((path, content))
        return f"begin {path.name}"

    def _finish(self) -> str:
        path, content = self._unfinished.pop(0)
        if not path.exists():
            return "a copy was deleted under its writer"
        with path.open("ab") as file:
            file.write(content[file.tell() :])
        return f"finish {path.name}"

    def _download(self) -> str:
        path = self._new_path()
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(self._sound())
        os.replace(part, path)
        return f"download {path.name}"

    def _copy(self) -> str:
        return self._with_a_file("copy", lambda file: shutil.copyfile(file, self._new_path()))

    def _hard_link(self) -> str:
        return self._with_a_file("link", lambda file: os.link(file, self._new_path()))

    def _change(self) -> str:
        return self._with_a_file("change", lambda file: file.write_bytes(self._sound()))

    def _touch(self) -> str:
        return self._with_a_file("touch", lambda file: os.utime(file))

    def _rename(self) -> str:
        def rename(file: Path) -> None:
            os.rename(file, file.with_name(self._name()))

        return self._with_a_file("rename", rename)

    def _move(self) -> str:
        return self._with_a_file("move", lambda file: os.rename(file, self._new_path()))

    def _replace(self) -> str:
        """As editors save."""

        def replace(file: Path) -> None:
            beside = file.with_name(f"~{file.name}")
            beside.write_bytes(self._sound())
            os.replace(beside, file)

        return self._with_a_file("replace", replace)

    def _delete(self) -> str:
        return self._with_a_file("delete", lambda file: file.unlink())

    def _spoil(self) -> str:
        return self._with_a_file("spoil", lambda file: file.write_bytes(b"RIFF, but no sound"))

    def _rename_folder(self) -> str:
        folder = self._folder()
        if folder in self._roots or not folder.exists():
            return self._create()
        self._made += 1
        os.rename(folder, folder.with_name(f"{folder.name[:8]}-{self._made}"))
        return f"rename folder {folder.name!r}"

    def _delete_folder(self) -> str:
        folder = self._folder()
        if folder in self._roots or not folder.exists():
            return self._delete()
        shutil.rmtree(folder)
        return f"delete folder {folder.name!r}"

    def _with_a_file(self, name: str, action: Callable[[Path], object]) -> str:
        unfinished = {path for path, _ in self._unfinished}
        found = [path for path in self.files() if path not in unfinished]
        if not found:
            return self._create()
        file = self._rng.choice(found)
        action(file)
        return f"{name} {file.name}"

    def _folder(self) -> Path:
        return self._rng.choice(self._roots) / self._rng.choice(FOLDERS)

    def _new_path(self) -> Path:
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        return folder / self._name()

    def _name(self) -> str:
        self._made += 1
        return f"sound {self._made} {self._rng.choice('äbcd')}.wav"

    def _sound(self) -> bytes:
        """A content of its own, 0.1 to 0.6 s of noise."""
        self._made += 1
        noise = np.random.default_rng(self._rng.getrandbits(32))
        samples = 0.1 * noise.standard_normal(self._rng.randrange(RATE // 10, RATE * 6 // 10))
        file = io.BytesIO()
        sf.write(file, samples.astype(np.float32), RATE, format="WAV", subtype="PCM_16")
        return file.getvalue()
