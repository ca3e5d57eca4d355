"""Which words of a query are said of a sound, and where: read from the catalogue as it is now."""

from collections.abc import Mapping, Sequence

from foundsound.catalog.database import Catalog
from foundsound.catalog.texts import texts_of
from foundsound.catalog.until_changed import UntilChanged
from foundsound.lexical.fields import Field, FieldText, field_texts
from foundsound.lexical.tokens import tokens
from foundsound.search.results import MatchedWord

MOST_SOUNDS = 2_000  # that are remembered: some kB each
_ORDER = {field: at for at, field in enumerate(Field)}  # the most telling field first


class SaidWords:
    """Tells them; what it read last is remembered until the catalogue changes. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known = UntilChanged[list[FieldText]](catalog, MOST_SOUNDS)

    def matched(
        self, sound_ids: Sequence[str], words: Mapping[str, str]
    ) -> dict[str, list[MatchedWord]]:
        """For each of the sounds the words that it has, in the order in which they were typed.

        Args:
            words: by stem, the typed word that it stands for.
        """
        if not sound_ids:
            return {}
        said = self._known.get_each(sound_ids, self._read)
        return {id_: _matched(pieces, words) for id_, pieces in said.items()}

    def _read(self, sound_ids: Sequence[str]) -> dict[str, list[FieldText]]:
        with self._catalog.rows() as connection:
            said = texts_of(connection, sound_ids)
        return {id_: sorted(field_texts(texts), key=_telling) for id_, texts in said.items()}


def _telling(piece: FieldText) -> int:
    return _ORDER[piece.field]


def _matched(pieces: Sequence[FieldText], words: Mapping[str, str]) -> list[MatchedWord]:
    """Of each word the first place, the most telling one."""
    found: dict[str, MatchedWord] = {}
    wanted = dict.fromkeys(words.values())
    for piece in pieces:
        if len(found) == len(wanted):
            break
        for token in tokens(piece.text):
            word = words.get(token.stem)
            if word is not None and word not in found:
                found[word] = MatchedWord(word=word, found=token.said, field=piece.field)
    return [found[word] for word in wanted if word in found]
