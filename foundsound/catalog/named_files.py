"""Finds files that another program names: by their whole path, else by name and folders."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Root
from foundsound.catalog.path_lookup import lies_at
from foundsound.catalog.paths import path_key

BATCH = 500  # paths in one statement
Named = dict[str, set[str]]  # for each path that was asked for the sounds that it may mean


def sounds_named(session: Session, paths: Sequence[str]) -> Named:
    """The sounds that these paths (``/`` between folders) mean: none, one, or several.

    A path that a file of the library has exactly means that file. Of another machine's path, or a
    bare name, the name counts; where several files have it, those with most folders in common, from
    the end on. Case does not count there, nor a missing ending such as ".wav".
    """
    exact = _by_path(session, paths)
    left = [path for path in paths if path not in exact]
    return exact | _by_name(session, left)


def _by_path(session: Session, paths: Sequence[str]) -> Named:
    found: Named = {}
    for root_id, root in session.execute(select(Root.id, Root.path)).all():
        inside = {raw: path for path in paths for raw in _inside(root, path)}
        for batch in _batches(list(inside)):
            rows = session.execute(
                select(Location.raw_path, Location.sound_id).where(
                    Location.root_id == root_id,
                    lies_at(session, batch),
                    Location.sound_id.is_not(None),
                )
            )
            for raw, sound_id in rows:
                found.setdefault(inside[raw], set()).add(sound_id or "")
    return found


def _inside(root: bytes, path: str) -> Iterator[bytes]:
    """The path below the root, in every spelling of its accents."""
    prefix = root.rstrip(b"/") + b"/"
    for form in {path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path)}:
        raw = os.fsencode(form.encode("utf-8", "surrogateescape"))
        if raw.startswith(prefix):
            yield raw[len(prefix) :]


def _by_name(session: Session, paths: Sequence[str]) -> Named:
    asked: dict[str, list[str]] = defaultdict(list)  # paths by their name
    for path in paths:
        asked[_parts(path)[-1]].append(path)
    if not asked:
        return {}
    best: dict[str, int] = {}  # for each path how many folders its files have in common with it
    found: Named = {}
    rows = session.execute(
        select(Root.path, Location.path, Location.sound_id)
        .join(Root, Root.id == Location.root_id)
        .where(Location.sound_id.is_not(None))
        .execution_options(yield_per=1000)
    )
    for root, path, sound_id in rows:
        name = _parts(path)[-1]
        for key in {name, os.path.splitext(name)[0]} & asked.keys():
            parts = [*_parts(path_key(root)), *_parts(path)]
            for wanted in asked[key]:
                common = _common(parts[:-1], _parts(wanted)[:-1])
                if common > best.get(wanted, -1):
                    best[wanted], found[wanted] = common, set()
                if common == best[wanted]:
                    found[wanted].add(sound_id or "")
    return found


def _parts(path: str) -> list[str]:
    return unicodedata.normalize("NFC", path).casefold().split("/")


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for here, there in zip(reversed(one), reversed(other), strict=False):
        if here != there or not here:
            break
        count += 1
    return count


def _batches(raws: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(raws), BATCH):
        yield raws[start : start + BATCH]


def unambiguous(named: Mapping[str, set[str]]) -> dict[str, str]:
    """Those paths that mean one sound."""
    return {path: next(iter(sounds)) for path, sounds in named.items() if len(sounds) == 1}
