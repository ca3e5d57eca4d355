"""Whatever a file holds: no exception, no hang, no flood."""

import os
import random
import struct
import time
import tracemalloc
from pathlib import Path

import mutagen
import pytest

from foundsound.errors import FileUnavailable
from foundsound.metadata.fields import MAX_FIELDS, MAX_TOTAL_CHARS, Fields
from foundsound.metadata.guarded_file import MAX_READS, GuardedFile, ReadingStopped
from foundsound.metadata.ixml import IxmlRefused, read_ixml
from foundsound.metadata.read import read_metadata
from foundsound.metadata.sound_metadata import SoundMetadata
from foundsound.metadata.text import MAX_VALUE_CHARS
from tests.metadata.riff import bext, chunk, info, ixml, put, rf64, wav
from tests.metadata.test_tags import id3, vorbis
from tests.metadata.test_wav import FIELD_RECORDING, LIBRARIAN
from tests.signals import tone, write, write_with_ffmpeg

SECONDS = 5.0  # the bound is a few seconds; what is met in practice is milliseconds
_NESTED = zip("abcdefghi", "bcdefghij", strict=True)
_ENTITIES = "".join(f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in _NESTED)
BOMB = f"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>{_ENTITIES}]><BWFXML><NOTE>&j;</NOTE></BWFXML>"


def read_in_time(path: bytes) -> SoundMetadata:
    started = time.process_time()
    found = read_metadata(path)
    assert time.process_time() - started < SECONDS
    sizes = [len(key) + len(value) for key, value in found.extra.items()]
    assert sum(sizes) <= MAX_TOTAL_CHARS
    assert len(sizes) <= MAX_FIELDS
    assert len(found.note or "") < 500
    return found


@pytest.mark.parametrize(
    "document",
    [
        BOMB,
        "<!DOCTYPE x SYSTEM 'file:///etc/hostname'><BWFXML><NOTE>n</NOTE></BWFXML>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><BWFXML><NOTE>&e;</NOTE></BWFXML>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1/x'> %p;]><BWFXML/>",
        "<a>" * 100_000,
        "<BWFXML>" + "<a/>" * 100_000 + "</BWFXML>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_expands_or_reaches_out_is_refused(
    tmp_path: Path, document: str, encoding: str
) -> None:
    raw = document.encode(encoding)
    with pytest.raises(IxmlRefused):
        list(read_ixml(raw))
    found = read_in_time(put(tmp_path / "a.wav", wav(bext(b"kept"), chunk(b"iXML", raw))))
    assert (found.description, found.comment) == ("kept", None)
    assert found.note == "The iXML chunk cannot be read (IxmlRefused)."


def test_a_damaged_chunk_costs_only_itself(tmp_path: Path) -> None:
    content = wav(
        chunk(b"bext", b"Cut short"), chunk(b"iXML", b"<B><TAKE>3</TAKE><NOTE>"), info(INAM=b"T")
    )
    found = read_in_time(put(tmp_path / "a.wav", content))
    assert (found.description, found.title, found.take) == ("Cut short", "T", "3")
    assert found.note == "The iXML chunk cannot be read (ExpatError)."


@pytest.mark.parametrize("size", [2**31, 2**32 - 2, 2**32 - 1])
def test_a_size_that_no_file_has_is_not_believed(tmp_path: Path, size: int) -> None:
    head = wav(bext(b"before"))
    for id_ in (b"bext", b"iXML", b"LIST", b"data"):
        content = head + chunk(id_, b"INFOINAM\xff\xff\xff\x7fx", size)
        tracemalloc.start()
        found = read_in_time(put(tmp_path / "a.wav", content))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.description == "before"
        assert peak < 2**22


def test_rf64_with_senseless_sizes(tmp_path: Path) -> None:
    for size in (0, 2**63, 2**64 - 1):
        content = bytearray(rf64(bext(b"x")))
        content[28:36] = struct.pack("<Q", size)
        read_in_time(put(tmp_path / "a.wav", bytes(content)))


def test_many_and_large_fields_are_bounded(tmp_path: Path) -> None:
    many = info(**{f"{k:04}": b"value" for k in range(900)})
    large = "".join(f"<F{k}>{'x' * 50_000}</F{k}>" for k in range(40))
    found = read_in_time(put(tmp_path / "a.wav", wav(many, ixml(large))))
    assert len(found.extra) == MAX_FIELDS
    found = read_in_time(put(tmp_path / "b.wav", wav(ixml(large))))
    assert len(found.extra["ixml.F0"]) == MAX_VALUE_CHARS
    assert len(found.extra) < 20
    again = Fields()
    for k in range(10_000):
        again.add("same", str(k))
    assert len(again.values["same"]) <= MAX_VALUE_CHARS


def test_many_chunks_end(tmp_path: Path) -> None:
    found = read_in_time(put(tmp_path / "a.wav", wav(*[chunk(b"junk", b"")] * 200_000)))
    assert found == SoundMetadata()


def test_an_id3_tag_that_takes_others_minutes(tmp_path: Path) -> None:
    """Empty frames by the hundred thousand: a reader that copies the rest each time never ends."""
    body = b"TIT2\0\0\0\0\0\0" * 400_000
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    audio = write(tmp_path / "a.mp3", tone(0.5)).read_bytes()
    read_in_time(put(tmp_path / "b.mp3", b"ID3\x04\0\0" + size + body + audio))


def test_a_guarded_file_ends_any_loop(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x" * 100)
    with open(tmp_path / "x", "rb") as file:
        guarded = GuardedFile(file)
        assert guarded.read(2**62) == b"x" * 100
        for _ in range(MAX_READS - 1):
            guarded.seek(0)
            assert guarded.read(1) == b"x"
        with pytest.raises(ReadingStopped):
            guarded.read(1)
        assert guarded.read(1) == b""


def test_a_guarded_file_has_no_place_outside(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    with open(tmp_path / "x", "rb") as file:
        guarded = GuardedFile(file)
        assert (guarded.seek(-3, os.SEEK_END), guarded.read(1)) == (7, b"7")
        assert (guarded.seek(-1, os.SEEK_CUR), guarded.seek(2**80), guarded.read(1)) == (7, 10, b"")
        assert (guarded.seek(-1), guarded.seek(-11, os.SEEK_END), guarded.tell()) == (-1, -1, 10)


def test_what_cannot_be_opened_is_worth_another_try(tmp_path: Path) -> None:
    with pytest.raises(FileUnavailable, match="No such file"):
        read_metadata(bytes(tmp_path / "gone.wav"))
    assert read_metadata(put(tmp_path / "empty.wav", b"")).title is None
    assert read_metadata(put(tmp_path / "text.mp3", b"hello" * 100)).title is None


def samples(folder: Path) -> list[Path]:
    """One good file of each format, with as much metadata as it takes."""
    paths = [folder / name for name in ("a.wav", "b.wav")]
    everything = (bext(b"Gate", b"Ada", umid=b"\1" * 64), info(INAM=b"T", IKEY=b"a;b"))
    paths[0].write_bytes(wav(*everything, FIELD_RECORDING, LIBRARIAN, frames=100))
    paths[1].write_bytes(rf64(*everything, FIELD_RECORDING, frames=100))
    for name in ("a.flac", "a.ogg"):
        paths.append(write(folder / name, tone(0.1)))
        vorbis(paths[-1])
    for name in ("a.mp3", "a.aiff"):
        paths.append(write(folder / name, tone(0.1)))
        id3(mutagen.File(paths[-1]))
    paths.append(write_with_ffmpeg(folder / "a.m4a", tone(0.1), "aac"))
    paths.append(write_with_ffmpeg(folder / "a.wma", tone(0.1), "wmav2"))
    return paths


def test_random_damage_is_survived(tmp_path: Path) -> None:
    for path in samples(tmp_path):
        good = path.read_bytes()
        rng = random.Random(path.name)
        for k in range(40):
            damaged = bytearray(good)
            for _ in range(1 + k % 8):
                damaged[rng.randrange(min(len(damaged), 20_000))] = rng.choice(
                    b"\x00\xff\x7f\x80A<"
                )
            if k % 4 == 0:
                del damaged[rng.randrange(len(damaged)) :]
            if k % 5 == 0:
                at = rng.randrange(len(damaged) + 1)
                damaged[at:at] = damaged[:at][-200:] * 3
            read_in_time(put(tmp_path / f"x{path.suffix}", bytes(damaged)))


def test_random_bytes_behind_every_magic_are_survived(tmp_path: Path) -> None:
    rng = random.Random(1)
    for magic in (
        b"RIFF\0\0\0\0WAVE",
        b"RF64\0\0\0\0WAVE",
        b"fLaC",
        b"OggS",
        b"ID3\4\0\0\0\0\7\x7f",
    ):
        for _ in range(20):
            read_in_time(put(tmp_path / "x", magic + rng.randbytes(3000)))


def test_every_prefix_of_a_file_is_survived(tmp_path: Path) -> None:
    whole = wav(bext(b"Gate"), info(INAM=b"T"), FIELD_RECORDING, frames=4)
    for end in range(0, len(whole), 7):
        read_in_time(put(tmp_path / "x.wav", whole[:end]))
