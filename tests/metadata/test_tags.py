"""Tags of every other format, as mutagen writes them."""

from collections.abc import Callable
from pathlib import Path

import mutagen
import pytest
from mutagen.aiff import AIFF
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, COMM, TALB, TBPM, TDRC, TIT2, TKEY, TPE1, TXXX
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.wave import WAVE

from foundsound.metadata.read import read_metadata
from tests.metadata.riff import bext, chunk
from tests.signals import tone, write, write_with_ffmpeg


def vorbis(path: Path) -> None:
    file = mutagen.File(path)
    file["title"] = "Gull"
    file["description"] = "Gulls over a harbour, évening"
    file["comment"] = "some wind"
    file["keywords"] = ["gull", "harbour, sea"]
    file["CATID"] = "BIRDSea"
    file["bpm"] = "120"
    file["album"] = "Coast"
    file.save()


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("a.flac", None), ("a.ogg", "VORBIS"), ("a.opus", "OPUS")],
)
def test_vorbis_comments(tmp_path: Path, name: str, subtype: str | None) -> None:
    path = write(
        tmp_path / name, tone(0.5, rate=48_000), 48_000, subtype=subtype, format=_format(name)
    )
    vorbis(path)
    found = read_metadata(bytes(path))
    assert (found.title, found.library, found.bpm) == ("Gull", "Coast", 120.0)
    assert found.description == "Gulls over a harbour, évening"
    assert found.comment == "some wind"
    assert found.keywords == ("gull", "harbour", "sea")
    assert (found.cat_id, found.category) == ("BIRDSea", "BIRDS")
    assert found.note is None


def test_ogg_comments_longer_than_a_page(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ogg", tone(0.5))
    vorbis(path)
    file = mutagen.File(path)
    file["metadata_block_picture"] = "A" * 300_000
    file["zz"] = "after the picture"
    file.save()
    found = read_metadata(bytes(path))
    assert found.title == "Gull"
    assert found.extra["vorbis.ZZ"] == "after the picture"
    assert not any("AAAA" in value for value in found.extra.values())


def test_a_flac_that_carries_the_chunks_of_its_wav(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", tone(0.5))
    file = FLAC(path)
    picture = Picture()
    picture.data = b"x" * 100_000
    file.add_picture(picture)
    file.save()
    content = path.read_bytes()
    carried = b"riff" + chunk(b"bext", bext(b"Carried along")[8:])
    block = bytes([2]) + len(carried).to_bytes(3, "big") + carried
    path.write_bytes(content[:42] + block + content[42:])  # behind STREAMINFO
    assert read_metadata(bytes(path)).description == "Carried along"


def id3(file: MP3 | AIFF | WAVE) -> None:
    if file.tags is None:
        file.add_tags()
    tags = file.tags
    assert tags is not None
    tags.add(TIT2(encoding=3, text="Gull"))
    tags.add(TPE1(encoding=1, text="Ärt"))
    tags.add(TALB(encoding=0, text="Coast"))
    tags.add(TDRC(encoding=3, text="2020-01-02"))
    tags.add(TBPM(encoding=0, text="98"))
    tags.add(TKEY(encoding=0, text="Am"))
    tags.add(COMM(encoding=3, lang="eng", desc="", text="some wind"))
    tags.add(TXXX(encoding=3, desc="CatID", text="BIRDSea"))
    tags.add(APIC(encoding=3, mime="image/png", data=b"\x89PNG" + bytes(300_000)))
    file.save()


@pytest.mark.parametrize(("name", "kind"), [("a.mp3", MP3), ("a.aiff", AIFF), ("a.wav", WAVE)])
def test_id3(tmp_path: Path, name: str, kind: Callable[[Path], MP3 | AIFF | WAVE]) -> None:
    path = write(tmp_path / name, tone(0.5))
    id3(kind(path))
    found = read_metadata(bytes(path))
    assert (found.title, found.originator, found.library) == ("Gull", "Ärt", "Coast")
    assert (found.date, found.bpm, found.key) == ("2020-01-02", 98.0, "Am")
    assert (found.comment, found.cat_id) == ("some wind", "BIRDSea")
    assert found.note is None


def test_id3_that_calls_shift_jis_latin_1(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", tone(0.5))
    file = MP3(path)
    file.add_tags()
    assert file.tags is not None
    file.tags.add(TIT2(encoding=0, text="カモメの声".encode("cp932").decode("latin-1")))
    file.save()
    assert read_metadata(bytes(path)).title == "カモメの声"


def test_mp4(tmp_path: Path) -> None:
    path = write_with_ffmpeg(tmp_path / "a.m4a", tone(0.5), "aac")
    file = MP4(path)
    file["\xa9nam"], file["\xa9ART"], file["\xa9alb"] = "Gull", "Ada", "Coast"
    file["desc"], file["\xa9cmt"] = "Gulls over a harbour", "some wind"
    file["----:com.apple.iTunes:CATID"] = b"BIRDSea"
    file["----:com.apple.iTunes:RecMedium"] = b"hydrophone"
    file.save()
    found = read_metadata(bytes(path))
    assert (found.title, found.originator, found.library) == ("Gull", "Ada", "Coast")
    assert (found.description, found.comment) == ("Gulls over a harbour", "some wind")
    assert (found.cat_id, found.extra) == ("BIRDSea", {"tag.RecMedium": "hydrophone"})


def test_asf(tmp_path: Path) -> None:
    path = write_with_ffmpeg(tmp_path / "a.wma", tone(0.5), "wmav2")
    file = mutagen.File(path)
    file["Title"], file["WM/AlbumTitle"], file["WM/BeatsPerMinute"] = "Gull", "Coast", "100"
    file.save()
    found = read_metadata(bytes(path))
    assert (found.title, found.library, found.bpm) == ("Gull", "Coast", 100.0)


def test_aiff_has_text_chunks_too(tmp_path: Path) -> None:
    path = write(tmp_path / "a.aiff", tone(0.5))
    content = path.read_bytes()
    name = "Möwe".encode("latin-1")
    added = b"NAME" + len(name).to_bytes(4, "big") + name
    size = (len(content) - 8 + len(added)).to_bytes(4, "big")
    path.write_bytes(content[:4] + size + content[8:] + added)
    assert read_metadata(bytes(path)).title == "Möwe"


def _format(name: str) -> str | None:
    return "OGG" if name.endswith("opus") else None
