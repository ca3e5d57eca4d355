"""Files that were renamed, linked, swapped, copied or touched: nothing is embedded again."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from foundsound.catalog.models import Location, Root
from foundsound.embedding.embedder import Floats
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from ingest.decoder_process import DecoderProcess
from ingest.work_item import WorkItem
from tests.conftest import Index
from tests.finding import nearest
from tests.signals import noise, tone, write


class Work:
    """What a library has done: files that were read to the end, and windows that were embedded."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.embedded = 0

    def take(self) -> tuple[list[str], int]:
        done = (sorted(self.read), self.embedded)
        self.read, self.embedded = [], 0
        return done


@pytest.fixture
def work(library: Library, monkeypatch: pytest.MonkeyPatch) -> Work:
    done = Work()
    identify, embed = DecoderProcess.identify, library.embedder.embed_audio

    def counted(decoder: DecoderProcess, item: WorkItem) -> str:
        done.read.append(os.fsdecode(os.path.basename(item.path)))
        return identify(decoder, item)

    def counted_embed(windows: Sequence[Floats]) -> Floats:
        done.embedded += len(windows)
        return embed(windows)

    monkeypatch.setattr(DecoderProcess, "identify", counted)
    monkeypatch.setattr(library.embedder, "embed_audio", counted_embed)
    return done


def places(library: Library) -> dict[str, str]:
    """What the catalogue says lies where: the sound at every path that is at hand."""
    with library.catalog.read() as session:
        rows = session.execute(
            select(Root.path, Location.raw_path, Location.sound_id)
            .join(Root)
            .where(Location.missing_since.is_(None))
        )
        return {
            os.fsdecode(os.path.join(root, raw)): sound_id or "" for root, raw, sound_id in rows
        }


def found(library: Library) -> set[str]:
    return {os.path.basename(hit.path) for hit in nearest(library)}


@pytest.fixture
def before(index: Index, sounds: Path, library: Library, work: Work) -> dict[str, str]:
    """The three sounds are indexed."""
    assert index(sounds).embedded == 3
    assert work.take()[1] >= 3  # and what calibration embeds
    return places(library)


def test_a_renamed_folder_is_not_even_read(
    library: Library, index: Index, sounds: Path, work: Work, before: dict[str, str]
) -> None:
    (sounds / "sub").rename(sounds / "Sub")  # a case-only rename, too
    progress = index(sounds)
    assert (progress.moved, progress.missing, progress.new) == (1, 0, 0)
    assert work.take() == ([], 0)
    high = before.pop(str(sounds / "sub" / "high.ogg"))
    assert places(library) == {**before, str(sounds / "Sub" / "high.ogg"): high}
    assert found(library) == {"noise.wav", "tone.flac", "high.ogg"}


def test_a_file_moves_from_one_root_to_another(
    library: Library, index: Index, sounds: Path, tmp_path: Path, work: Work, before: dict[str, str]
) -> None:
    other = tmp_path / "other"
    write(other / "more.wav", tone(0.7, 700.0))
    index(other)
    work.take()
    (sounds / "noise.wav").rename(other / "moved.wav")
    assert index(other).moved == 1
    assert index(sounds).missing == 0  # its row went with it
    assert work.take() == ([], 0)
    assert places(library)[str(other / "moved.wav")] == before[str(sounds / "noise.wav")]
    assert str(sounds / "noise.wav") not in places(library)


def test_a_hard_link_is_another_place_of_the_same_sound(
    library: Library, index: Index, sounds: Path, work: Work, before: dict[str, str]
) -> None:
    os.link(sounds / "noise.wav", sounds / "twin.wav")
    assert index(sounds).moved == 1
    (sounds / "noise.wav").unlink()
    assert index(sounds).missing == 1
    assert work.take() == ([], 0)
    assert places(library)[str(sounds / "twin.wav")] == before[str(sounds / "noise.wav")]
    assert found(library) == {"twin.wav", "tone.flac", "high.ogg"}


def test_two_files_change_places(
    library: Library, index: Index, sounds: Path, work: Work, before: dict[str, str]
) -> None:
    noise_, tone_ = sounds / "noise.wav", sounds / "tone.flac"
    noise_.rename(sounds / "x")
    tone_.rename(noise_)
    (sounds / "x").rename(tone_)
    index(sounds)
    assert work.take() == ([], 0)
    now = places(library)
    assert (now[str(noise_)], now[str(tone_)]) == (before[str(tone_)], before[str(noise_)])


def test_a_file_of_the_same_size_and_time_that_took_anothers_place_is_noticed(
    library: Library, index: Index, sounds: Path, work: Work, before: dict[str, str]
) -> None:
    """As an editor saves: write beside it, then rename over it."""
    target = sounds / "noise.wav"
    status = target.stat()
    changed = bytearray(target.read_bytes())
    changed[2000:4000] = bytes(2000)
    (sounds / "x.tmp").write_bytes(changed)
    os.utime(sounds / "x.tmp", ns=(status.st_atime_ns, status.st_mtime_ns))
    (sounds / "x.tmp").rename(target)
    assert index(sounds).changed == 1
    assert work.take() == (["noise.wav"], 1)
    assert places(library)[str(target)] != before[str(target)]


def test_a_file_saved_anew_over_a_kept_backup(
    library: Library, index: Index, sounds: Path, work: Work, before: dict[str, str]
) -> None:
    target, backup = sounds / "noise.wav", sounds / "noise (old).wav"
    target.rename(backup)
    write(target, noise(1.0, seed=9))
    index(sounds)
    assert work.take() == (["noise.wav"], 1)  # the new one alone
    assert places(library)[str(backup)] == before[str(target)]


@pytest.mark.parametrize("change", ["touch", "copy", "copy and delete", "rewrite"])
def test_the_same_content_is_read_but_not_embedded(
    library: Library,
    index: Index,
    sounds: Path,
    work: Work,
    before: dict[str, str],
    change: str,
) -> None:
    file, there = sounds / "noise.wav", sounds / "noise.wav"
    if change == "touch":
        os.utime(file)
    elif change == "rewrite":
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
    else:
        there = sounds / "sub" / "copy.wav"
        shutil.copy(file, there)
        if change == "copy and delete":  # how a move to another drive looks
            file.unlink()
    index(sounds)
    assert work.take() == ([there.name], 0)
    assert places(library)[str(there)] == before[str(file)]
    assert len(found(library)) == 3


def test_a_reused_inode_is_no_proof(
    library: Library, index: Index, sounds: Path, work: Work, before: dict[str, str]
) -> None:
    """Files with times of whole seconds, all of one size: common on cards and in archives."""
    for number in range(3):
        write(sounds / f"take{number}.wav", noise(0.5, seed=number))
        os.utime(sounds / f"take{number}.wav", (1_000_000_000, 1_000_000_000))
    index(sounds)
    work.take()
    (sounds / "take0.wav").rename(sounds / "other.wav")
    index(sounds)
    assert work.take() == (["other.wav"], 0)  # read, to be sure


def test_names_of_every_kind_survive_a_move(
    library: Library, index: Index, tmp_path: Path, work: Work
) -> None:
    folder = tmp_path / "odd"
    names = [b"two\nlines.wav", b"bytes\xff\xfe.wav", "e\u0301.wav".encode(), "\u00e9.wav".encode()]
    for number, name in enumerate(names):
        plain = folder / "a" / f"{number}.wav"
        write(plain, noise(0.5, seed=number))
        os.rename(plain, os.path.join(os.fsencode(folder / "a"), name))
    assert index(folder).embedded == 4
    work.take()
    deep = folder / "/".join(["d" * 200] * 18)
    deep.parent.mkdir(parents=True)
    (folder / "a").rename(deep)
    progress: IndexProgress = index(folder)
    assert (progress.moved, progress.missing, progress.problem_count) == (4, 0, 0)
    assert work.take() == ([], 0)
    assert len(found(library)) == 4
    write(folder / "b" / "new.wav", noise(0.5, seed=9))
    shutil.copy(folder / "b" / "new.wav", deep / "deep.wav")
    assert index(folder).embedded == 1  # the long path can be read
