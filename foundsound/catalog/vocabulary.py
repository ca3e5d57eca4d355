"""The terms of the lexical index, and how many sounds have each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from foundsound.catalog.prepared import IDS, Prepared
from foundsound.catalog.tables import table_of
from foundsound.catalog.upsert import dialect_insert
from foundsound.catalog.word_models import SoundTerms, Term

BATCH = 1000  # ids in one statement
Terms = NDArray[np.uint32]
_STORED = np.dtype("<u4")


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A term that some sound had once, and how many sounds have it now."""

    id: int  # in the order in which terms became known
    stem: str
    sounds: int


def record_terms(session: Session, terms: Mapping[str, Terms], stems: Mapping[int, str]) -> None:
    """These sounds have these terms from now on, and not those that they had before.

    Args:
        terms: by sound id; uint32, ascending, each once.
        stems: by term, at least for those in ``terms``.
    """
    change = _taken(session, list(terms))
    for of_one in terms.values():
        change.update(of_one.tolist())
    rows = [{"sound_id": id_, "terms": own.astype(_STORED).tobytes()} for id_, own in terms.items()]
    if rows:
        session.connection().execute(insert(table_of(SoundTerms)), rows)
    _count(session, change, stems)


def forget_terms(session: Session, sound_ids: Sequence[str]) -> None:
    """These sounds have no terms any more."""
    _count(session, _taken(session, sound_ids), {})


_COUNTS = Prepared(
    select(Term.term, Term.sounds).where(Term.term.in_(bindparam(IDS, expanding=True)))
)


def sounds_with(connection: Connection, terms: Sequence[int]) -> dict[int, int]:
    """How many sounds have each of these terms; those that none has are left out."""
    return {term: sounds for term, sounds in _COUNTS.rows(connection, terms) if sounds > 0}


def terms_after(session: Session, last: int) -> list[KnownTerm]:
    """The terms that became known after the one with the id ``last``."""
    rows = session.execute(
        select(Term.id, Term.stem, Term.sounds).where(Term.id > last).order_by(Term.id)
    )
    return [KnownTerm(*row) for row in rows]


def _taken(session: Session, sound_ids: Sequence[str]) -> Counter[int]:
    """Minus the terms that these sounds had; their rows are deleted."""
    change: Counter[int] = Counter()
    for start in range(0, len(sound_ids), BATCH):
        batch = sound_ids[start : start + BATCH]
        for stored in session.scalars(
            select(SoundTerms.terms).where(SoundTerms.sound_id.in_(batch))
        ):
            change.subtract(np.frombuffer(stored, _STORED).tolist())
        session.execute(delete(SoundTerms).where(SoundTerms.sound_id.in_(batch)))
    return change


def _count(session: Session, change: Counter[int], stems: Mapping[int, str]) -> None:
    # In one order, so that two workers wait for each other's rows and never in a circle.
    changed = sorted((term, by) for term, by in change.items() if by)
    gone = [term for term, _ in changed if term not in stems]
    spelt = {**_stems(session, gone), **stems}
    rows = [{"term": term, "stem": spelt[term], "sounds": by} for term, by in changed]
    added = dialect_insert(session, table_of(Term))
    counted = added.on_conflict_do_update(
        index_elements=["term"], set_={"sounds": Term.sounds + added.excluded.sounds}
    )
    if rows:
        session.connection().execute(counted, rows)


def _stems(session: Session, terms: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(terms), BATCH):
        batch = terms[start : start + BATCH]
        for term, stem in session.execute(select(Term.term, Term.stem).where(Term.term.in_(batch))):
            found[term] = stem
    return found
