from pathlib import Path

from foundsound.duplicates.report import DuplicatePage, report_duplicates
from foundsound.library import Library
from tests.conftest import Index
from tests.databases import both_databases
from tests.signals import noise, write


def listed(library: Library, limit: int = 50, cursor: str | None = None) -> DuplicatePage:
    with library.catalog.read() as session:
        return report_duplicates(session, library.space_id, "exact", limit, cursor)


@both_databases
def test_one_content_at_several_places(library: Library, index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    small = write(folder / "a.wav", noise(0.5, seed=1))
    large = write(folder / "b.wav", noise(2.0, seed=2))
    write(folder / "alone.wav", noise(1.0, seed=3))
    for name in ("a copy.wav", "sub/a.wav"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(small.read_bytes())
    (folder / "b copy.wav").write_bytes(large.read_bytes())
    index(folder)
    page = listed(library)
    assert [len(group.sounds) for group in page.groups] == [1, 1]
    by_waste = [sorted(Path(path).name for path in group.sounds[0].paths) for group in page.groups]
    assert by_waste == [["b copy.wav", "b.wav"], ["a copy.wav", "a.wav", "a.wav"]]
    sizes = [large.stat().st_size, 2 * small.stat().st_size]
    assert [group.spare_bytes for group in page.groups] == sizes
    assert page.groups[0].similarity is None
    first = listed(library, limit=1)
    assert (first.total, first.cursor) == (2, "1")
    assert [*first.groups, *listed(library, 1, first.cursor).groups] == page.groups
    (folder / "b copy.wav").unlink()
    index(folder)
    assert listed(library).total == 1
