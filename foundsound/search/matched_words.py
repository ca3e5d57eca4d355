"""Which words of a query are said of a sound, and where: read from the catalogue as it is now."""

from collections.abc import Mapping, Sequence

from foundsound.catalog.database import Catalog
from foundsound.catalog.texts import texts_of
from foundsound.catalog.until_changed import UntilChanged
from foundsound.lexical.fields import Field, FieldText, field_texts
from foundsound.lexical.tokens import tokens
from foundsound.search.results import MatchedWord

MOST_WORDS = 100_000  # that are remembered, of all sounds together: 20 MB
# By stem: its number among those of the sound, the first word of it, and where that stands.
Places = dict[str, tuple[int, str, Field]]
_ORDER = {field: at for at, field in enumerate(Field)}  # the most telling field first


class SaidWords:
    """Tells them; what it read last is remembered until the catalogue changes. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known = UntilChanged[Places](catalog, MOST_WORDS, lambda said: 1 + len(said))

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
        return {id_: _matched(places, words) for id_, places in said.items()}

    def _read(self, sound_ids: Sequence[str]) -> dict[str, Places]:
        with self._catalog.rows() as connection:
            said = texts_of(connection, sound_ids)
        return {
            id_: _places(sorted(field_texts(texts), key=_telling)) for id_, texts in said.items()
        }


def _telling(piece: FieldText) -> int:
    return _ORDER[piece.field]


def _places(pieces: Sequence[FieldText]) -> Places:
    places: Places = {}
    for piece in pieces:
        for token in tokens(piece.text):
            if token.stem not in places:
                places[token.stem] = len(places), token.said, piece.field
    return places


def _matched(places: Places, words: Mapping[str, str]) -> list[MatchedWord]:
    """Of each word the first place, the most telling one, whichever of its stems stands there."""
    found: dict[str, tuple[int, str, Field]] = {}
    for stem in words.keys() & places.keys():
        word, place = words[stem], places[stem]
        if word not in found or place < found[word]:
            found[word] = place
    return [
        MatchedWord(word=word, found=found[word][1], field=found[word][2])
        for word in dict.fromkeys(words.values())
        if word in found
    ]
