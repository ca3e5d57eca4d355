from pathlib import Path, PurePosixPath

import pytest

from foundsound.errors import InvalidRequest
from foundsound.evaluation.naming import lay_out


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two files with the same name and content, and a third."""
    paths = [tmp_path / "library" / name for name in ("a/Rain.wav", "b/Rain.wav", "b/dog.OGG")]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.suffix.encode())
    return paths


def names(folder: Path) -> dict[str, Path]:
    links = [path for path in folder.rglob("*") if path.is_symlink()]
    return {path.relative_to(folder).as_posix(): path.resolve() for path in links}


def test_real_names_are_those_below_the_common_folder(files: list[Path], tmp_path: Path) -> None:
    lay_out(files, "real", {}, tmp_path / "links")
    assert names(tmp_path / "links") == {
        path.relative_to(tmp_path / "library").as_posix(): path for path in files
    }


def test_hashed_names_tell_nothing_but_the_format(files: list[Path], tmp_path: Path) -> None:
    lay_out(files, "hashed", {}, tmp_path / "links")
    found = names(tmp_path / "links")
    assert set(found.values()) == set(files)
    for name, path in found.items():
        stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
        assert suffix == path.suffix
        assert len(stem) == 12
        assert int(stem, 16) >= 0
    lay_out(files, "hashed", {}, tmp_path / "again")
    assert names(tmp_path / "again") == found


def test_ucs_names_are_given(files: list[Path], tmp_path: Path) -> None:
    given = {path: f"RAIN/RAIN_Rain {n}_X_Y.wav" for n, path in enumerate(files)}
    lay_out(files, "ucs", given, tmp_path / "links")
    assert names(tmp_path / "links") == {name: path for path, name in given.items()}


@pytest.mark.parametrize("name", ["same.wav", "../out.wav", "/out.wav"])
def test_names_that_cannot_be(name: str, files: list[Path], tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be called"):
        lay_out(files, "ucs", dict.fromkeys(files, name), tmp_path / "links")
    assert not (tmp_path / "out.wav").exists()


def test_a_file_without_a_ucs_name_is_told(files: list[Path], tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="has no UCS name"):
        lay_out(files, "ucs", {}, tmp_path / "links")
