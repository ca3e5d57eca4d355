"""From answers to what is shown: files at hand that fit, takes folded, alike ones spread out.

Folding and spreading look at ``BLOCK`` answers together, wherever pages begin and end: so pages fit
together, nothing comes twice, and nothing is lost. Takes of one recording that lie in different
blocks are shown once in each.

So a page of ten reads the rows of 50 sounds, unless they are remembered: names and lengths tell
which of them may be takes. On SQLite that costs 0.28 ms instead of 0.08. To make the vectors of all
readable, which the embedded engine sends along, costs more; names beside them would have to follow
renames.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from foundsound.catalog.paths import path_text
from foundsound.embedding.embedder import Floats
from foundsound.search.answers import Answer
from foundsound.search.diversity import diverse_order
from foundsound.search.fusion import K
from foundsound.search.hydrate import Found, FoundFiles
from foundsound.search.matching import Selection
from foundsound.search.rankings import Ear
from foundsound.search.takes import SAME_LENGTH, Candidate, fold
from foundsound.vectors.grouping import nearest_sounds

MOST_IDS = 4000  # in one statement; SQLite may take no more than 32,766 parameters
BLOCK = 50  # answers that are folded and spread out together
SAME_SCORE = 0.03  # sounds that are all but the same score alike; others need no look
UNKNOWN_ALIKE = 0.9  # cosine of takes in a space that is not calibrated


@dataclass(slots=True)  # not frozen: fifty are made for a page
class Shown:
    """An answer with its file, and the further takes that it stands for, best first."""

    answer: Answer
    found: Found
    takes: Sequence[str] = ()


@dataclass(frozen=True)
class Look:
    """How answers are to be shown."""

    limit: int  # of the first page
    fold: bool
    diversity: float
    demotes: bool = False  # what is unwanted comes after the others
    weak: bool = False  # what is no answer is shown too

    @property
    def by_blocks(self) -> bool:
        """True when answers are looked at side by side, and not each for itself."""
        return self.fold or self.diversity > 0

    @property
    def first(self) -> int:
        """Answers that the first page is made of, if all of them have files at hand.

        Twice as many where others take the places of what is demoted: to look for them later costs
        two calls of the engine more.
        """
        page = max(self.limit, BLOCK) if self.by_blocks else self.limit
        return 2 * page if self.demotes else page


def shown(
    files: FoundFiles, ear: Ear | None, answers: Iterator[Answer], selection: Selection, look: Look
) -> Iterator[Shown]:
    """What is shown, in order; sounds without a file at hand that fits are passed over."""
    if not look.by_blocks:
        yield from _at_hand(files, answers, selection, look, look.limit)
        return
    at_hand = _at_hand(files, answers, selection, look, BLOCK)
    while block := list(islice(at_hand, BLOCK)):
        if look.fold and look.diversity:
            _vectors(ear, block)  # of all in one call, and kept: each looks at others
        if look.fold:
            block = _folded(ear, block)
        if look.diversity:
            block = _spread(ear, block, look.diversity)
        yield from block


def _at_hand(
    files: FoundFiles, answers: Iterator[Answer], selection: Selection, look: Look, limit: int
) -> Iterator[Shown]:
    within = selection.within
    size = min(limit, MOST_IDS)
    while page := list(islice(answers, size)):
        size = min(4 * size, MOST_IDS)  # few of them fit: ask the catalogue less often
        ids = [each.candidate.sound_id for each in page]
        if within is not None:
            ids = [id_ for id_ in ids if id_ in within]
        found = files.of(ids, selection.conditions)
        for each in page:
            file = found.get(each.candidate.sound_id)
            if file is None:
                continue
            if file.silent and not each.said:  # what a model hears in silence means nothing
                if not look.weak:
                    continue
                each.weak = True
            yield Shown(each, file)


def _folded(ear: Ear | None, block: list[Shown]) -> list[Shown]:
    suspects = _suspects(block)
    if not suspects:
        return block
    vectors = _vectors(ear, [block[at] for at in suspects])
    candidates = [
        Candidate(
            path_text(block[at].found.path),
            block[at].found.duration_s,
            vectors.get(block[at].answer.candidate.sound_id),
        )
        for at in suspects
    ]
    takes: dict[int, list[str]] = {}
    for leader, *others in fold(candidates, _alike(ear)):
        takes[suspects[leader]] = [_id(block[suspects[at]]) for at in others]
    hidden = {id_ for others in takes.values() for id_ in others}
    return [
        replace(each, takes=takes[at]) if takes.get(at) else each
        for at, each in enumerate(block)
        if _id(each) not in hidden
    ]


def _suspects(block: Sequence[Shown]) -> list[int]:
    """Those that may be takes of another: of one name, or of one length and score.

    Only their vectors are looked at, or asked for where they did not come along.
    """
    stems: dict[str, list[int]] = {}
    for at, each in enumerate(block):
        stems.setdefault(each.found.stem, []).append(at)
    found = {at for group in stems.values() if len(group) > 1 for at in group}
    by_length = sorted(
        [(each.found.duration_s, each.answer.candidate.cosine, at) for at, each in enumerate(block)]
    )
    for number, (length, score, at) in enumerate(by_length, 1):
        longest = length / (1 - SAME_LENGTH)
        for longer, other_score, other in by_length[number:]:
            if longer > longest:
                break
            if abs(other_score - score) <= SAME_SCORE:
                found |= {at, other}
    return sorted(found)


def _spread(ear: Ear | None, block: list[Shown], diversity: float) -> list[Shown]:
    """The block's strong answers spread out; the demoted keep their places at the end."""
    wanted = [each for each in block if each.answer.demoted_by is None]
    demoted = [each for each in block if each.answer.demoted_by is not None]
    vectors = _vectors(ear, wanted)
    if len(vectors) < 3 or ear is None:
        return block
    background = ear.calibration.audio.mean if ear.calibration else 0.0
    nowhere = np.zeros_like(ear.composed.vector)
    rows = np.stack([vectors.get(_id(each), nowhere) for each in wanted])
    likeness = np.clip((rows @ rows.T - background) / (1 - background), 0.0, 1.0)
    places = np.arange(len(wanted))  # rankings are fused, so places are all that can be compared
    relevance = ((K + 1) / (K + 1 + places)).astype(np.float32)
    order = diverse_order(relevance, likeness, diversity)
    return [*(wanted[at] for at in order), *demoted]


def _vectors(ear: Ear | None, some: Sequence[Shown]) -> dict[str, Floats]:
    """By sound id, float32 ``[dim]``: of the best windows, of those that were heard.

    What the engine is asked for stays with the windows, so that nobody asks again.
    """
    if ear is None:
        return {}
    windows = {_id(each): each.answer.candidate.window for each in some}
    known = {id_: hit.vector for id_, hit in windows.items() if hit and hit.vector is not None}
    missing = {id_: hit for id_, hit in windows.items() if hit and id_ not in known}
    if missing:
        found = nearest_sounds(
            ear.index, ear.composed.vector, len(missing), only=list(missing), with_vectors=True
        )
        for hit in found:
            if hit.vector is not None:
                known[hit.sound_id] = hit.vector
                missing[hit.sound_id].stored = hit.stored
    return known


def _alike(ear: Ear | None) -> float:
    """The cosine from which sounds of one name are takes: nearer to the same than to unlike."""
    if ear is None or ear.calibration is None:
        return UNKNOWN_ALIKE
    return (1 + ear.calibration.audio.mean) / 2


def _id(shown: Shown) -> str:
    return shown.answer.candidate.sound_id
