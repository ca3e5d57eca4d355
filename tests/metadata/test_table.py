import codecs
from pathlib import Path

import pytest

from foundsound.errors import InvalidRequest
from foundsound.metadata.columns import map_columns
from foundsound.metadata.sidecar import row_metadata, row_place
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.table import MetadataTable

TEXT = 'Filename\tDescription\r\na.wav\t"Tür,\nzweimal"\r\n\r\nb.wav\tx\r\n'


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "cp1252"),
    ],
)
@pytest.mark.parametrize("delimiter", "\t,;|")
def test_delimiter_and_encoding_are_found_out(
    tmp_path: Path, mark: bytes, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "table.txt"
    path.write_bytes(mark + TEXT.replace("\t", delimiter).encode(encoding))
    table = MetadataTable(path)
    assert (table.delimiter, table.header) == (delimiter, ["Filename", "Description"])
    assert list(table.rows()) == [(3, ["a.wav", "Tür,\nzweimal"]), (5, ["b.wav", "x"])]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"no columns\n", b"\0\0\0\0"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidRequest, match="no header line"):
        MetadataTable(path)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        MetadataTable(tmp_path / "gone.csv")


def test_a_cell_without_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,text\na.wav," + '"' + "x" * 200_000)
    with pytest.raises(InvalidRequest, match="damaged behind line"):
        list(MetadataTable(path).rows())


SOUNDMINER = (
    "Filename\tPathname\tDescription\tNotes\tCategory\tSubCategory\tCatID\tFXName\tTrackTitle\t"
    "Designer\tManufacturer\tLibrary\tKeywords\tTrackYear\tTempo\tKey\tShow\tScene\tTake\t"
    "Microphone\tLocation\tDuration\tSampleRate\tChannels\tRating"
)


def test_soundminers_columns() -> None:
    header = SOUNDMINER.split("\t")
    columns = map_columns(header, {})
    row = [
        "DOORWood_Slam.wav",
        r"Z:\SFX\Doors\DOORWood_Slam.wav",
        "Oak door slams",
        "close",
        "wrong",
        "wrong",
        "doorwood",
        "Slam",
        "",
        "Ada Field",
        "House of Sounds",
        "Old House",
        "door; slam, oak",
        "2024",
        "98,5",
        "F#m",
        "Manor",
        "12A",
        "3",
        "MKH 8040",
        "a barn",
        "0:02",
        "48000",
        "1",
        "5",
    ]
    place = row_place(row, columns)
    assert place is not None
    assert place.path == "Z:/SFX/Doors/DOORWood_Slam.wav"
    assert row_metadata(row, columns) == SoundMetadata(
        description="Oak door slams",
        title="Slam",  # TrackTitle comes first, but is empty
        originator="Ada Field",
        library="Old House",
        date="2024",
        comment="close",
        keywords=("door", "slam", "oak"),
        category="DOORS",
        subcategory="WOOD",
        cat_id="DOORWood",
        project="Manor",
        scene="12A",
        take="3",
        bpm=98.5,
        key="F#m",
        extra={"sidecar.Microphone": "MKH 8040", "sidecar.Location": "a barn"},
    )
    assert columns.ignored == ("Duration", "SampleRate", "Channels", "Rating")


@pytest.mark.parametrize(
    ("header", "row", "path"),
    [
        (["File Name", "File Path"], ["a.wav", "/sfx/x/a.wav"], "/sfx/x/a.wav"),
        (["File Name", "File Path"], ["a.wav", "/sfx/x/"], "/sfx/x/a.wav"),  # a folder
        (["Name", "Folder"], ["a.wav", "Disk:sfx:x"], "Disk/sfx/x/a.wav"),
        (["Name", "Tags"], ["a", "x"], "a"),
        (["Full Path", "Tags"], ["C:\\sfx\\ü.wav", "x"], "C:/sfx/ü.wav"),
        (["Name", "Tags"], ["  ", "x"], None),
        (["Name", "Path"], [], None),
    ],
)
def test_which_file_a_row_means(header: list[str], row: list[str], path: str | None) -> None:
    place = row_place(row, map_columns(header, {}))
    assert (place.path if place else None) == path


def test_columns_are_mapped_by_hand() -> None:
    columns = map_columns(
        ["Where", "Long text", "Description", "Mood"],
        {"where": "path", "long text": "description", "Mood": "ignore"},
    )
    row = ["/a.wav", "", "short", "sad"]
    assert row_metadata(row, columns) == SoundMetadata(description="short")
    assert row_metadata(["/a.wav", "long", "short", "sad"], columns).description == "long"
    assert columns.ignored == ("Mood",)
    for wanted, words in (
        ({"Nowhere": "path"}, "no column 'Nowhere'"),
        ({"Mood": "feeling"}, "no field 'feeling'"),
        ({}, "No column names the files"),
    ):
        with pytest.raises(InvalidRequest, match=words):
            map_columns(["Where", "Long text", "Mood"], wanted)
