"""bext, iXML and INFO in WAV, RF64 and BW64."""

from pathlib import Path

import pytest
from wavinfo import WavInfoReader

from foundsound.metadata.read import read_metadata
from foundsound.metadata.sound_metadata import SoundMetadata
from tests.metadata.riff import bext, chunk, info, ixml, put, rf64, wav

FIELD_RECORDING = ixml(
    "<PROJECT>Harbour</PROJECT><SCENE>12A</SCENE><TAKE>3</TAKE><TAPE>20240501</TAPE>"
    "<NOTE>plane at the end</NOTE><SPEED><TIMECODE_RATE>25/1</TIMECODE_RATE></SPEED>"
    "<TRACK_LIST><TRACK_COUNT>2</TRACK_COUNT>"
    "<TRACK><CHANNEL_INDEX>1</CHANNEL_INDEX><NAME>Boom</NAME><FUNCTION>MIX</FUNCTION></TRACK>"
    "<TRACK><CHANNEL_INDEX>2</CHANNEL_INDEX><NAME>Lav Ann</NAME></TRACK></TRACK_LIST>"
)
LIBRARIAN = ixml(
    "<USER><CATID>doorwood</CATID><CATEGORY>Doors</CATEGORY><FXNAME>Heavy Oak Slam</FXNAME>"
    "<DESCRIPTION>Oak door slams, long hall, with latch</DESCRIPTION><LIBRARY>Old House</LIBRARY>"
    "<KEYWORDS>door, slam; Oak, DOOR</KEYWORDS><MICROPHONE>MKH 8040</MICROPHONE>"
    "<DESIGNER>Ada</DESIGNER></USER>"
)


def test_bext_is_read_as_another_reader_reads_it(tmp_path: Path) -> None:
    content = wav(
        bext(
            b"Gate, rusty, opens slowly",
            b"Recorder 7",
            b"DE1234",
            b"2024-05-01",
            b"10:11:12",
            time_reference=2**33 + 5,
            umid=bytes(range(1, 33)),
            loudness=(-2310, 740, -120, 0x7FFF, -1805),
            history=b"A=PCM,F=48000\r\n",
        )
    )
    path = put(tmp_path / "a.wav", content)
    found, other = read_metadata(path), WavInfoReader(str(tmp_path / "a.wav")).bext
    assert found == SoundMetadata(
        description="Gate, rusty, opens slowly",
        originator="Recorder 7",
        date="2024-05-01",
        extra={
            "bext.originator_reference": "DE1234",
            "bext.time": "10:11:12",
            "bext.time_reference": str(2**33 + 5),
            "bext.umid": bytes(range(1, 33)).hex(),
            "bext.loudness_lufs": "-23.10",
            "bext.loudness_range_lu": "7.40",
            "bext.max_true_peak_dbtp": "-1.20",
            "bext.max_short_term_lufs": "-18.05",
            "bext.coding_history": "A=PCM,F=48000",
        },
    )
    assert (other.description, other.originator) == (found.description, found.originator)
    assert (other.time_reference, other.loudness_value) == (2**33 + 5, -23.1)
    assert (other.max_true_peak, other.max_shortterm_loudness) == (-1.2, -18.05)


def test_older_versions_of_bext_have_no_loudness_and_no_umid(tmp_path: Path) -> None:
    old = bext(b"x", version=0, umid=b"\1" * 64, loudness=(1, 2, 3, 4, 5))
    assert read_metadata(put(tmp_path / "a.wav", wav(old))).extra == {}
    middle = bext(b"x", version=1, umid=b"\1" * 64, loudness=(1, 2, 3, 4, 5))
    extra = read_metadata(put(tmp_path / "a.wav", wav(middle))).extra
    assert extra == {"bext.umid": "01" * 64}


def test_a_field_recorders_ixml(tmp_path: Path) -> None:
    found = read_metadata(put(tmp_path / "a.wav", wav(FIELD_RECORDING)))
    assert (found.project, found.scene, found.take) == ("Harbour", "12A", "3")
    assert found.comment == "plane at the end"
    assert found.extra["ixml.TRACK"] == "1 Boom MIX; 2 Lav Ann"
    assert found.extra["ixml.TAPE"] == "20240501"
    assert found.extra["ixml.SPEED.TIMECODE_RATE"] == "25/1"


def test_a_librarians_ixml_is_the_word_that_counts(tmp_path: Path) -> None:
    content = wav(bext(b"Oak door slams, lo"), info(INAM=b"track 1", IART=b"?"), LIBRARIAN)
    found = read_metadata(put(tmp_path / "a.wav", content))
    assert found.description == "Oak door slams, long hall, with latch"
    assert (found.cat_id, found.category, found.subcategory) == ("DOORWood", "DOORS", "WOOD")
    assert (found.title, found.originator, found.library) == ("Heavy Oak Slam", "Ada", "Old House")
    assert found.keywords == ("door", "slam", "Oak")
    assert found.extra["ixml.USER.MICROPHONE"] == "MKH 8040"
    assert found.extra["bext.description"] == "Oak door slams, lo"


def test_aswg_and_steinberg_fields(tmp_path: Path) -> None:
    content = ixml(
        "<aswg:ASWG xmlns:aswg='x'><catId>AMBPark</catId><tempo>98.5</tempo><inKey>F#m</inKey>"
        "<musicSup>Bo</musicSup></aswg:ASWG>"
        "<STEINBERG><ATTR_LIST><ATTR><TYPE>string</TYPE><NAME>MediaLibrary</NAME>"
        "<VALUE>Parks</VALUE></ATTR></ATTR_LIST></STEINBERG>"
    )
    found = read_metadata(put(tmp_path / "a.wav", wav(content)))
    assert (found.cat_id, found.bpm, found.key) == ("AMBPark", 98.5, "F#m")
    assert found.library == "Parks"
    assert found.extra["ixml.ASWG.MUSICSUP"] == "Bo"


def test_what_says_the_same_twice_is_shown_once(tmp_path: Path) -> None:
    mirror = ixml("<BEXT><BWF_DESCRIPTION>Wind</BWF_DESCRIPTION></BEXT>")
    found = read_metadata(put(tmp_path / "a.wav", wav(bext(b"Wind"), mirror)))
    assert found.description == "Wind"
    assert found.extra == {}
    alike = ixml("<TAKE>2</TAKE><FILE_SET><TOTAL_FILES>2</TOTAL_FILES></FILE_SET>")
    found = read_metadata(put(tmp_path / "b.wav", wav(alike)))
    assert (found.take, found.extra) == ("2", {"ixml.FILE_SET.TOTAL_FILES": "2"})


def test_info_in_any_encoding(tmp_path: Path) -> None:
    fields = info(
        INAM="Regen auf Blechdächern".encode("latin-1"),
        ISBJ="足音と雨の音、コンクリート".encode("cp932"),
        IART="Zoë 🎧".encode(),
        ICMT="ﬁeld note — été".encode("utf-16"),
        IKEY=b"rain;roof",
        ICOP=b"(c) me",
    )
    found = read_metadata(put(tmp_path / "a.wav", wav(fields)))
    assert found.title == "Regen auf Blechdächern"
    assert found.description == "足音と雨の音、コンクリート"
    assert found.originator == "Zoë 🎧"
    assert found.comment == "ﬁeld note — été"
    assert found.keywords == ("rain", "roof")
    assert found.extra == {"info.ICOP": "(c) me"}


@pytest.mark.parametrize("form", [b"RF64", b"BW64"])
def test_64_bit_forms(tmp_path: Path, form: bytes) -> None:
    content = rf64(bext(b"Long night"), FIELD_RECORDING, form=form)
    found = read_metadata(put(tmp_path / "a.wav", content))
    assert (found.description, found.scene) == ("Long night", "12A")


def test_ixml_in_utf16_or_with_a_bare_ampersand(tmp_path: Path) -> None:
    wide = chunk(b"iXML", "<BWFXML><NOTE>Zoë</NOTE></BWFXML>".encode("utf-16"))
    assert read_metadata(put(tmp_path / "a.wav", wav(wide))).comment == "Zoë"
    sloppy = ixml("<NOTE>rain & wind &amp; hail \x02</NOTE>")
    found = read_metadata(put(tmp_path / "b.wav", wav(sloppy)))
    assert (found.comment, found.note) == ("rain & wind & hail", None)


def test_an_odd_chunk_whose_writer_forgot_the_padding(tmp_path: Path) -> None:
    odd = b"junk" + (3).to_bytes(4, "little") + b"abc"
    found = read_metadata(put(tmp_path / "a.wav", wav(odd, bext(b"after it"))))
    assert found.description == "after it"


def test_a_file_that_says_nothing(tmp_path: Path) -> None:
    assert read_metadata(put(tmp_path / "a.wav", wav())) == SoundMetadata()
    empty = wav(bext(date=b"0000-00-00", loudness=(0, 0, 0, 0, 0)))
    assert read_metadata(put(tmp_path / "a.wav", empty)).date is None
