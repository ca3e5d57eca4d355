import base64
import hashlib
import io
import os
import stat
import tarfile
from pathlib import Path

import pytest

from ui.assets import PACKAGES, AssetError, Package, fetch

FILES = {"dist/a.js": "a.js"}


def archive(text: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as opened:
        entry = tarfile.TarInfo("package/dist/a.js")
        entry.size = len(text)
        opened.addfile(entry, io.BytesIO(text))
    return made.getvalue()


def npm(folder: Path, packed: bytes) -> None:
    """An npm that packs these bytes, whatever it is asked for."""
    (folder / "packed.tgz").write_bytes(packed)
    script = folder / "npm"
    script.write_text(f'#!/bin/sh\ncp "{folder}/packed.tgz" got.tgz\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


def package(packed: bytes) -> Package:
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    return Package("a", "1.0.0", digest, FILES)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return folder


def test_only_the_files_that_are_named_are_kept(path: Path, tmp_path: Path) -> None:
    packed = archive(b"export default 1;")
    npm(path, packed)
    fetch([package(packed)], tmp_path / "vendor")
    assert (tmp_path / "vendor" / "a.js").read_bytes() == b"export default 1;"


def test_an_archive_with_another_hash_is_refused(path: Path, tmp_path: Path) -> None:
    npm(path, archive(b"another thing"))
    with pytest.raises(AssetError, match="not the archive that is expected"):
        fetch([package(archive(b"export default 1;"))], tmp_path / "vendor")
    assert not (tmp_path / "vendor" / "a.js").exists()


def test_what_npm_says_is_told(path: Path, tmp_path: Path) -> None:
    npm(path, b"")
    (path / "npm").write_text("#!/bin/sh\necho 'npm error 404 no such thing' >&2\nexit 1\n")
    with pytest.raises(AssetError, match="404 no such thing"):
        fetch([package(b"x")], tmp_path / "vendor")


def test_every_package_keeps_its_licence() -> None:
    for each in PACKAGES:
        assert any("LICENSE" in name for name in each.files.values()), each.name
