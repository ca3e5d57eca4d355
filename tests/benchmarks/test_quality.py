"""The reviewed tables of the labelled set agree with each other and with UCS."""

from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

from benchmarks.quality.__main__ import MOST_MUSIC, half, judgements, ucs_names, without_most_music
from benchmarks.quality.rules import cat_id, label, queries
from foundsound.metadata.ucs import category_of
from foundsound.metadata.ucs_name import parse_ucs_name

KINDS = {"noun", "verb", "material", "mood", "compound", "negative"}
FLARE = "flare-game/usr/share/games/flare/mods/fantasycore/soundfx"
LABELS = {
    f"{FLARE}/environment/anvil_loop.ogg": "hammer striking an anvil",
    f"{FLARE}/steps/step_metal2.ogg": "footstep in metal armour boots",
    f"{FLARE}/environment/rain.ogg": "rain",
    f"{FLARE}/environment/thunder.ogg": "thunder",
    "lugaru-data/usr/share/games/lugaru/Sounds/FootStepSnow1.ogg": "footstep on snow",
    "hydrogen-data/usr/share/hydrogen/data/drumkits/GMkit/808_Tom_Low.wav": (
        "electronic 808 low tom drum"
    ),
    "supertuxkart-data/usr/share/games/supertuxkart/data/music/jumping.ogg": "music track",
    "gamine-data/usr/share/games/gamine/sounds/plick.ogg": None,
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {name: tmp_path / name for name in LABELS}


@pytest.mark.parametrize("path", LABELS, ids=lambda path: PurePosixPath(path).stem)
def test_labels_come_from_paths(path: str) -> None:
    assert label(path) == LABELS[path]


def test_there_are_enough_queries_of_every_kind() -> None:
    kinds = Counter(asked.kind for asked in queries())
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 20
    assert len({asked.query for asked in queries()}) == sum(kinds.values()) >= 150
    for asked in queries():
        assert (asked.unwanted is not None) == (asked.kind == "negative"), asked.query
        assert 3 in dict(asked.patterns), asked.query
    halves = Counter(half(asked.query) for asked in queries())
    assert min(halves.values()) >= 75


def test_grades_follow_the_tables(files: dict[str, Path]) -> None:
    grades = {(query, Path(str(path)).name): grade for query, path, grade in judgements(files)}
    assert grades["anvil", "anvil_loop.ogg"] == 3
    assert grades["metal", "anvil_loop.ogg"] == 2
    assert grades["thunder", "thunder.ogg"] == 3
    assert grades["thunder", "rain.ogg"] == 1
    assert grades["walking", "FootStepSnow1.ogg"] == 3
    assert grades["footsteps, no snow", "step_metal2.ogg"] == 3
    assert ("footsteps, no snow", "FootStepSnow1.ogg") not in grades
    assert not any(name == "plick.ogg" for _, name in grades)


def test_files_have_names_by_ucs(files: dict[str, Path]) -> None:
    names = ucs_names([*files, *files])
    assert len(set(names)) == len(names)
    for path, name in zip(files, names[: len(files)], strict=True):
        parsed = parse_ucs_name(PurePosixPath(name).name)
        assert parsed is not None
        text = LABELS[path]
        assert parsed.category.cat_id == (cat_id(text) if text else "GAMEVideo")
        assert parsed.fx_name is not None
        assert text is None or parsed.fx_name.lower().startswith(text)
        assert PurePosixPath(name).suffix == PurePosixPath(path).suffix


def test_every_category_is_one_of_ucs() -> None:
    from benchmarks.quality.rules import _categories

    assert not [id_ for _, id_ in _categories() if category_of(id_) is None]


def test_most_of_the_music_is_left_out(tmp_path: Path, files: dict[str, Path]) -> None:
    tracks = {f"x-data/music/{number}.ogg": tmp_path for number in range(30)}
    kept = without_most_music(files | tracks)
    assert sum(label(name) == "music track" for name in kept) == MOST_MUSIC
    assert [name for name in files if label(name) != "music track"] == [
        name for name in kept if label(name) != "music track"
    ]
