"""Files that are wrong in every way we could think of: each costs only itself."""

import os
import struct
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import soundfile as sf
from prometheus_client import REGISTRY

from foundsound.catalog.quarantine import failed_files
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from ingest.decoder_process import DecoderProcess
from ingest.work_item import WorkItem
from tests.conftest import Index
from tests.finding import nearest
from tests.ingest.decoding import children, meddle
from tests.signals import RATE, noise, tone, write


def empty(path: Path) -> None:
    path.write_bytes(b"")


def zero_samples(path: Path) -> None:
    write(path, np.zeros((0, 1), np.float32))


def one_sample(path: Path) -> None:
    write(path, np.full((1, 1), 0.3, np.float32), 48_000)


def half_a_header(path: Path) -> None:
    write(path, noise(0.5))
    path.write_bytes(path.read_bytes()[:20])


def text(path: Path) -> None:
    path.write_text("These are the notes of the session, not its sound.\n" * 50)


def random_bytes(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(50_000))


def ten_hours_in_3_kb(path: Path) -> None:
    """A FLAC whose STREAMINFO promises ten hours and whose frames hold a tenth of a second."""
    write(path.with_suffix(".flac"), np.zeros((RATE // 10, 1), np.float32))
    data = bytearray(path.with_suffix(".flac").read_bytes())
    assert data[:4] == b"fLaC"
    promised = 10 * 3600 * RATE  # a 36-bit number at bit 108 of the 34-byte block (RFC 9639)
    low = struct.unpack(">Q", data[18:26])[0] & ~((1 << 36) - 1)
    data[18:26] = struct.pack(">Q", low | promised)
    path.with_suffix(".flac").unlink()
    path.write_bytes(data[:3000])


def not_a_number(path: Path) -> None:
    samples = noise(1.0)
    samples[RATE // 2] = np.nan
    write(path, samples, subtype="FLOAT")


def infinite(path: Path) -> None:
    samples = noise(1.0)
    samples[RATE // 3] = np.inf
    write(path, samples, subtype="FLOAT")


def cut_flac(path: Path) -> None:
    write(path.with_suffix(".flac"), noise(3.0))
    path.write_bytes(path.with_suffix(".flac").read_bytes()[:20_000])
    path.with_suffix(".flac").unlink()


def dangling_link(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere.wav"))


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def unknown_codec(path: Path) -> None:
    """A WAV whose format tag nobody knows."""
    write(path, noise(0.5))
    data = bytearray(path.read_bytes())
    data[20:22] = b"\x99\x99"
    path.write_bytes(data)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


BAD: list[tuple[Callable[[Path], None], str]] = [
    (empty, "empty (0 bytes)"),
    (zero_samples, "no audio samples"),
    (one_sample, "too short to be heard: 1 samples"),
    (half_a_header, "not audio"),
    (text, "not audio"),
    (random_bytes, "not audio"),
    (ten_hours_in_3_kb, "promises 36000.0 s of audio but"),
    (not_a_number, "the first at 0.50 s"),
    (infinite, "NaN or infinite"),
    (cut_flac, "cut short"),
    (dangling_link, "No such file"),
    (link_to_itself, "Too many levels of symbolic links"),
    (pipe, "not a regular file"),
    (link_to_a_device, "not a regular file"),
    (unknown_codec, "cannot decode"),
]


def found(library: Library) -> set[str]:
    return {os.path.basename(h.path) for h in nearest(library)}


def reasons(progress: IndexProgress) -> list[str]:
    return [problem.reason for problem in progress.problems]


def test_a_bad_file_costs_only_itself_and_is_taken_once_mended(
    library: Library, index: Index, sounds: Path
) -> None:
    good = {"noise.wav", "tone.flac", "high.ogg"}
    bad = {f"{spoil.__name__}.wav": reason for spoil, reason in BAD}
    for spoil, _ in BAD:
        spoil(sounds / f"{spoil.__name__}.wav")
    progress = index(sounds)
    assert (progress.embedded, progress.problem_count) == (3, len(BAD))
    told = {os.path.basename(problem.path): problem.reason for problem in progress.problems}
    assert told.keys() == bad.keys()
    for name, reason in bad.items():
        assert reason in told[name]
        assert told[name].endswith(".")
        assert "\n" not in told[name]
        assert "Traceback" not in told[name]
    assert found(library) == good
    assert library.vectors.count() == 3  # no orphan
    for number, name in enumerate(bad):
        (sounds / name).unlink()
        write(sounds / name, tone(1.0, hz=150.0 + 40 * number))
    again = index(sounds)
    assert (again.embedded, again.unchanged, again.problem_count) == (len(BAD), 3, 0)
    assert found(library) == good | bad.keys()
    with library.catalog.read() as session:
        assert failed_files(session, 10) == []


def test_a_quarantined_file_is_not_tried_again_while_it_is_the_same(
    library: Library, index: Index, sounds: Path
) -> None:
    text(sounds / "bad.wav")
    index(sounds)
    assert index(sounds).files_total == 0
    with library.catalog.read() as session:
        (kept,) = failed_files(session, 10)
    assert os.path.basename(kept.path) == b"bad.wav"
    assert "not audio" in kept.reason


def test_a_touched_file_is_given_another_try(
    index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text(sounds / "bad.wav")
    index(sounds)
    os.utime(sounds / "bad.wav", (1, 1))
    assert index(sounds).changed == 1
    assert index(sounds).files_total == 0


def test_a_limit_that_is_raised_lets_the_file_in(
    library: Library, index: Index, sounds: Path
) -> None:
    roomy = library.settings
    library.settings = roomy.model_copy(update={"max_duration_s": 1.2})
    assert sorted(reasons(index(sounds))) == ["The audio is longer than the limit of 1 s."] * 2
    library.settings = roomy
    assert index(sounds).embedded == 2


def test_copies_of_a_bad_file_are_all_told(index: Index, sounds: Path) -> None:
    for k in range(4):
        half_a_header(sounds / f"bad{k}.wav")
    progress = index(sounds)
    assert (progress.problem_count, progress.duplicates, progress.files_done) == (4, 0, 7)


def test_a_folder_that_cannot_be_read_loses_nothing(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(sounds)
    real = os.scandir

    def failing(path: bytes) -> Any:
        if path == bytes(sounds / "sub"):
            raise OSError(5, "Input/output error")
        return real(path)

    monkeypatch.setattr(os, "scandir", failing)
    progress = index(sounds)
    assert progress.missing == 0
    assert reasons(progress) == ["The folder cannot be read: Input/output error."]
    assert found(library) == {"noise.wav", "tone.flac", "high.ogg"}


def test_a_second_copy_of_a_bad_file_gets_the_same_reason(index: Index, sounds: Path) -> None:
    text(sounds / "bad.wav")
    index(sounds)
    text(sounds / "copy.wav")
    assert "not audio" in reasons(index(sounds))[0]


def test_failures_are_counted_by_what_kind_they_are(index: Index, sounds: Path) -> None:
    def failed(reason: str) -> float:
        return REGISTRY.get_sample_value("foundsound_files_failed_total", {"reason": reason}) or 0

    reasons = ("unusable", "unavailable", "decoder")
    before = {reason: failed(reason) for reason in reasons}
    done = REGISTRY.get_sample_value("foundsound_files_done_total") or 0
    text(sounds / "notes.wav")
    random_bytes(sounds / "random.wav")
    assert index(sounds).problem_count == 2
    assert {reason: failed(reason) - before[reason] for reason in reasons} == {
        "unusable": 2,
        "unavailable": 0,
        "decoder": 0,
    }
    assert (REGISTRY.get_sample_value("foundsound_files_done_total") or 0) - done == 5


@pytest.mark.parametrize(
    ("rate", "channels"), [(8_000, 1), (384_000, 2), (44_100, 32)], ids=["8k", "384k", "32ch"]
)
def test_unusual_rates_and_channels_are_taken(
    library: Library, index: Index, tmp_path: Path, rate: int, channels: int
) -> None:
    write(tmp_path / "in" / "odd.wav", noise(2.0, rate, channels), rate)
    assert index(tmp_path / "in").embedded == 1
    (hit,) = nearest(library, "noise", 1)
    assert (hit.sample_rate, hit.channels) == (rate, channels)
    assert hit.duration_s == 2.0


@pytest.mark.parametrize(
    "name",
    [
        unicodedata.normalize("NFD", "Café à la crème.wav").encode(),
        b"two\nlines.wav",
        b"latin1-\xe9.wav",
        b"tab\tand 'quotes\".wav",
        "雨の音.wav".encode(),
        b"x" * 251 + b".wav",
        b"-n.WAV",
    ],
)
def test_any_name_is_indexed_and_opened_again(
    library: Library, index: Index, tmp_path: Path, name: bytes
) -> None:
    folder = tmp_path / "names"
    plain = write(folder / "plain.wav", noise(1.0))
    os.rename(plain, os.path.join(os.fsencode(folder), name))
    assert index(folder).embedded == 1
    assert index(folder).unchanged == 1
    (hit,) = nearest(library, "noise", 1)
    assert os.path.basename(hit.path) == name.decode("utf-8", "backslashreplace")
    hit.model_dump_json().encode()


def test_a_folder_named_like_a_file_is_a_folder(index: Index, tmp_path: Path) -> None:
    write(tmp_path / "in" / "x.wav" / "inner.wav", noise(1.0))
    progress = index(tmp_path / "in")
    assert (progress.embedded, progress.problem_count) == (1, 0)


def test_a_link_to_a_folder_above_is_told_and_not_followed(index: Index, sounds: Path) -> None:
    (sounds / "sub" / "loop").symlink_to(sounds)
    progress = index(sounds)
    assert progress.embedded == 3
    (told,) = reasons(progress)
    assert "leads back" in told


def test_a_linked_folder_is_followed_once(index: Index, sounds: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "far.wav", tone(1.0, 700.0))
    (sounds / "link").symlink_to(tmp_path / "elsewhere")
    (sounds / "again").symlink_to(tmp_path / "elsewhere")
    progress = index(sounds)
    assert (progress.files_total, progress.embedded) == (4, 4)


def test_hidden_and_foreign_files_are_left_alone(index: Index, sounds: Path) -> None:
    for name in ("._noise.wav", ".hidden.wav", "~noise.wav", "a.part", "notes.txt", "a.wav.part"):
        (sounds / name).write_bytes(b"junk")
    (sounds / "@eaDir").mkdir()
    write(sounds / "@eaDir" / "thumb.wav", noise(0.5, seed=5))
    assert index(sounds).files_total == 3


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(
    library: Library, index: Index, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = sounds / "noise.wav"

    identify = DecoderProcess.identify

    def touched(decoder: DecoderProcess, item: WorkItem) -> str:
        id_ = identify(decoder, item)
        if item.path == bytes(growing):
            os.utime(item.path, (1, 1))
        return id_

    with monkeypatch.context() as patched:
        patched.setattr(DecoderProcess, "identify", touched)
        progress = index(sounds)
    assert reasons(progress) == ["The file is changing while it is read; it is tried again."]
    assert progress.embedded == library.vectors.count() == 2
    assert index(sounds).embedded == 1


def test_samples_beyond_all_measure_are_refused(
    library: Library, index: Index, sounds: Path
) -> None:
    write(sounds / "loud.wav", noise(1.0) * 1e38, subtype="DOUBLE")
    progress = index(sounds)
    assert progress.embedded + progress.problem_count == 4
    assert library.vectors.count() == progress.embedded
    for hit in nearest(library, "noise", 10):
        assert np.isfinite(library.vectors.vectors_of(hit.sound_id)).all()


@pytest.mark.slow
def test_a_3_gb_file_is_indexed_in_bounded_memory(
    library: Library, index: Index, tmp_path: Path
) -> None:
    """A sparse RF64 of 3 GB: 8 minutes of eight channels at 192 kHz, 32 bit."""
    path = tmp_path / "huge" / "ambience.wav"
    path.parent.mkdir()
    with sf.SoundFile(path, "w", 192_000, 8, "PCM_32", format="RF64") as file:
        file.write(noise(1.0, 192_000, 8))
    size = 3 * 10**9 // 32 * 32
    header = bytearray(path.read_bytes()[:200])
    data_at = header.index(b"data") + 8
    ds64 = header.index(b"ds64") + 8
    frames = (size - data_at) // 32
    struct.pack_into("<QQQ", header, ds64, size - 8, frames * 32, frames)
    with path.open("r+b") as raw:
        raw.write(header)
        raw.truncate(data_at + frames * 32)
    before = psutil.Process().memory_info().rss
    child_rss: list[int] = []
    meddle(library, lambda _: child_rss.extend(c.memory_info().rss for c in children()))
    progress = index(path.parent)
    assert progress.embedded == 1, progress.problems
    assert progress.audio_s == pytest.approx(frames / 192_000)
    assert psutil.Process().memory_info().rss - before < 300 * 2**20
    assert 0 < max(child_rss) < 100 * 2**20
    assert library.vectors.count() < 10  # minutes of silence are one long window
