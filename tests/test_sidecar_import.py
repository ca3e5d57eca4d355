"""A librarian's table: matched, merged with what files say, kept, and searched."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from foundsound.catalog.identity import content_id
from foundsound.catalog.metadata import metadata_of, own_metadata
from foundsound.catalog.models import StoredMetadata
from foundsound.client_paths import ClientPaths
from foundsound.library import Library
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata_edit import MetadataFields, SoundChange, edit_each
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.selection_lists import Listing
from foundsound.sidecar_import import ImportOptions, ImportReport, import_table
from foundsound.sound_report import report_sound
from tests.conftest import Index
from tests.databases import both_databases
from tests.metadata.riff import bext, put, wav
from tests.signals import noise

pytestmark = both_databases


def sound(path: Path, seed: int, description: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = (3000 * noise(0.3, 48_000, seed=seed)).astype(np.int16).tobytes()
    put(path, wav(*([bext(description)] if description else []), samples=samples))
    return path


@pytest.fixture
def folder(tmp_path: Path, index: Index) -> Path:
    made = tmp_path / "in"
    sound(made / "Doors" / "slam.wav", 1, b"Gate")
    sound(made / "Guns" / "slam.wav", 2)
    sound(made / "Água" / "Rain 01.wav", 3)
    (made / "copy.wav").write_bytes((made / "Doors" / "slam.wav").read_bytes())
    index(made)
    return made


def imported(
    library: Library, tmp_path: Path, text: str, dry_run: bool = False, **columns: str
) -> ImportReport:
    table = tmp_path / "table.csv"
    table.write_text(text)
    return import_table(library, table, ImportOptions(columns=columns, dry_run=dry_run))


def metadata(library: Library, path: Path) -> SoundMetadata:
    with library.catalog.read() as session:
        found = metadata_of(session, content_id(bytes(path), 2**30))
    assert found is not None
    return found


def test_rows_are_matched_by_path_else_by_name_and_folders(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    report = imported(
        library,
        tmp_path,
        "path,description\n"
        f"{folder}/Doors/slam.wav,exact\n"
        "Z:\\Elsewhere\\GUNS\\Slam.WAV,by its folder\n"
        "rain 01,by its name without an ending\n"
        "slam.wav,which of them?\n"
        "/Volumes/SFX/thunder.wav,not here\n"
        f"{folder}/copy.wav,\n"
        ",nameless\n",
    )
    assert (report.rows, report.matched, report.sounds) == (7, 3, 3)
    assert (report.unmatched, report.ambiguous, report.nameless, report.empty) == (1, 1, 1, 1)
    assert [(row.line, row.file) for row in report.unmatched_rows] == [
        (6, "/Volumes/SFX/thunder.wav")
    ]
    assert [(row.line, row.file) for row in report.ambiguous_rows] == [(5, "slam.wav")]
    assert metadata(library, folder / "Doors" / "slam.wav").description == "exact"
    assert metadata(library, folder / "Guns" / "slam.wav").description == "by its folder"
    named = metadata(library, folder / "Água" / "Rain 01.wav")
    assert named.description == "by its name without an ending"


def test_accents_of_a_mac_are_the_same(library: Library, folder: Path, tmp_path: Path) -> None:
    path = f"{folder}/A\u0301gua/Rain 01.wav"  # decomposed
    report = imported(library, tmp_path, f"path,description\n{path},x\n")
    assert report.matched == 1


def test_imported_fields_win_and_outlive_another_reading(
    library: Library, index: Index, folder: Path, tmp_path: Path
) -> None:
    path = folder / "Doors" / "slam.wav"
    assert metadata(library, path).description == "Gate"
    imported(library, tmp_path, "name,title,keywords,mic\ncopy.wav,Old gate,iron,MKH\n")
    both = metadata(library, path)
    assert (both.description, both.title, both.keywords) == ("Gate", "Old gate", ("iron",))
    assert both.extra["sidecar.mic"] == "MKH"
    imported(library, tmp_path, "name,description\ncopy.wav,Rusty gate\n")  # in place of the first
    assert metadata(library, path) == SoundMetadata(description="Rusty gate")
    with library.catalog.write() as session:  # as if an older reader had read the files
        session.execute(update(StoredMetadata).values(version=0))
    assert index(folder).described == 3
    assert metadata(library, path) == SoundMetadata(description="Rusty gate")
    with library.catalog.read() as session:
        for row in session.query(StoredMetadata):
            expected = "Gate" if row.description == "Rusty gate" else None
            assert own_metadata(row).description == expected
            if expected:
                told = report_sound(session, row.sound_id).imported
                assert told is not None
                assert (told.source, told.fields) == ("table.csv", ["description"])
                assert told.own.description == "Gate"


def test_a_dry_run_changes_nothing(library: Library, folder: Path, tmp_path: Path) -> None:
    report = imported(library, tmp_path, "name,description\ncopy.wav,x\n", dry_run=True)
    assert (report.matched, report.sounds, report.dry_run) == (1, 1, True)
    assert metadata(library, folder / "copy.wav").description == "Gate"


def test_our_own_table_comes_back_as_it_was_and_may_be_edited(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    slam = content_id(bytes(folder / "Doors" / "slam.wav"), 2**30)
    rain = content_id(bytes(folder / "Água" / "Rain 01.wav"), 2**30)
    said = MetadataFields(title="=SUM(A1)", description="'- a dash", keywords=["wet", "+5 dB"])
    with library.catalog.write(alone=True) as session:
        noted = SoundChange(sound_id=slam, metadata=said, add_tags=["Client X"], note="+note")
        edit_each(session, [noted])
        before = metadata_of(session, slam)
    with library.catalog.read() as session:
        windows = ClientPaths([rf"{folder}=Z:\SFX"])
        lines = [*Listing(session, [slam, rain], "csv", windows)]
    text = b"".join(lines).decode("utf-8-sig")
    report = imported(library, tmp_path, text)
    assert (report.rows, report.matched, report.empty, report.extra) == (2, 1, 1, [])
    assert report.fields == {
        "path": ["path"],
        "title": ["title"],
        "description": ["description"],
        "keywords": ["keywords"],
    }
    with library.catalog.read() as session:
        assert metadata_of(session, slam) == before
    imported(library, tmp_path, text.replace("'=SUM(A1)", "Sum"))
    assert metadata(library, folder / "Doors" / "slam.wav").title == "Sum"


def test_of_our_own_table_the_path_counts_where_the_id_is_unknown(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    rows = f"{folder}/Guns/slam.wav,{'0' * 32},Bang\n,{'1' * 32},Nobody\n,,None\n"
    report = imported(library, tmp_path, f"path,sound_id,title\n{rows}")
    assert (report.matched, report.unmatched, report.nameless) == (1, 1, 1)
    assert report.unmatched_rows[0].file == "1" * 32
    assert metadata(library, folder / "Guns" / "slam.wav").title == "Bang"


def test_its_words_are_searched(library: Library, folder: Path, tmp_path: Path) -> None:
    imported(library, tmp_path, "name,description\nRain 01.wav,zephyranthes in a greenhouse\n")
    (only,) = Searcher(library).search(Query(text='"zephyranthes"', limit=3)).hits
    assert only.path.endswith("Rain 01.wav")
    assert library.refresh_words() == 0  # they stand in the lexical index already
