"""Which words of a query are said of a sound, and where: read from the catalogue as it is now."""

from collections.abc import Mapping, Sequence

from foundsound.catalog.database import Catalog
from foundsound.catalog.texts import SoundTexts, texts_of
from foundsound.catalog.until_changed import UntilChanged
from foundsound.lexical.fields import Field, FieldText, field_texts
from foundsound.lexical.tokens import tokens
from foundsound.search.results import MatchedWord

MOST_SOUNDS = 2_000  # that are remembered: some kB each
_ORDER = {field: at for at, field in enumerate(Field)}  # the most telling field first
Stems = Mapping[str, tuple[str, Field]]  # a sound's, each with its word and where that stands


class SaidWords:
    """Tells them; what it read last is remembered until the catalogue changes. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known = UntilChanged[Stems](catalog, MOST_SOUNDS)

    def matched(
        self, sound_ids: Sequence[str], words: Mapping[str, str]
    ) -> dict[str, list[MatchedWord]]:
        """For each of the sounds the words that it has, in the order in which they were typed.

        Args:
            words: by stem, the typed word that it stands for.
        """
        if not sound_ids:
            return {}
        stems = self._known.get_each(sound_ids, self._read)
        return {id_: _matched(own, words) for id_, own in stems.items()}

    def _read(self, sound_ids: Sequence[str]) -> dict[str, Stems]:
        with self._catalog.rows() as connection:
            said = texts_of(connection, sound_ids)
        return {id_: _stems(texts) for id_, texts in said.items()}


def _telling(piece: FieldText) -> int:
    return _ORDER[piece.field]


def _stems(texts: SoundTexts) -> Stems:
    found: dict[str, tuple[str, Field]] = {}
    for piece in sorted(field_texts(texts), key=_telling):
        for token in tokens(piece.text):
            found.setdefault(token.stem, (token.said, piece.field))
    return found


def _matched(stems: Stems, words: Mapping[str, str]) -> list[MatchedWord]:
    found: dict[str, tuple[int, MatchedWord]] = {}
    for stem, word in words.items():
        if stem in stems:
            said, field = stems[stem]
            place = _ORDER[field]
            if word not in found or place < found[word][0]:
                found[word] = place, MatchedWord(word=word, found=said, field=field)
    typed = dict.fromkeys(words.values())
    return [found[word][1] for word in typed if word in found]
