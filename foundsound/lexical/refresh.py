"""Writes the words of sounds into the lexical index wherever they are missing or stale.

The texts are read, their terms go into the index, and then the rows say of which change: a crash in
between leaves the sound stale, and writing the same words twice changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from foundsound.catalog.database import Catalog
from foundsound.catalog.texts import texts_of
from foundsound.catalog.vocabulary import record_terms
from foundsound.catalog.words import forget_words, mark_words_written, stale_sounds, written_count
from foundsound.lexical.document import document
from foundsound.vectors.lexical import LexicalIndex, LexicalPoint
from foundsound.vectors.loss import has_lost

BATCH = 256  # sounds in one write


def refresh_words(
    catalog: Catalog,
    index: LexicalIndex,
    stopped: Callable[[], bool] = lambda: False,
    most: int | None = None,
    batch: int = BATCH,
) -> int:
    """Write missing and stale words, of each sound once; returns of how many sounds.

    Args:
        stopped: asked between batches; what is done is kept.
        most: sounds to write, about; the others are left for another call. None = all.
        batch: sounds in one write, for each of which index and catalogue reach the disk.
    """
    written, last = 0, ""
    while not stopped() and (most is None or written < most):
        with catalog.writing_words():
            done = _refresh_batch(catalog, index, last, batch)
        written += done.written
        if done.last is None:
            break
        last = done.last
    return written


@dataclass(frozen=True)
class _Batch:
    last: str | None  # id of the last sound; None when there are no more
    written: int


def _refresh_batch(catalog: Catalog, index: LexicalIndex, after: str, limit: int) -> _Batch:
    """Write the words of the next sounds."""
    with catalog.read() as session:
        stale = stale_sounds(session, limit, after)
        texts = texts_of(session.connection(), [sound.id for sound in stale])
    if not stale:
        return _Batch(None, 0)
    documents = {id_: document(said) for id_, said in texts.items()}
    index.upsert([LexicalPoint(id_, made.terms) for id_, made in documents.items()])
    done = [sound for sound in stale if sound.id in documents]
    stems = {term: stem for made in documents.values() for term, stem in made.stems.items()}
    with catalog.write() as session:
        mark_words_written(session, done)  # first: it holds others off the same sounds' terms
        record_terms(session, {id_: made.terms.ids for id_, made in documents.items()}, stems)
    return _Batch(stale[-1].id if len(stale) == limit else None, len(done))


def check_words(catalog: Catalog, index: LexicalIndex) -> None:
    """When the index has lost words, or is new, forget that they were ever written."""

    def expected() -> int:
        with catalog.read() as session:
            return written_count(session)

    if has_lost(index.count, expected):
        with catalog.write(alone=True) as session:
            forget_words(session)
