"""Which words of a query are said of a sound, and where: read from the catalogue as it is now."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from foundsound.catalog.texts import SoundTexts, texts_of
from foundsound.lexical.fields import Field, FieldText, field_texts
from foundsound.lexical.tokens import tokens
from foundsound.search.results import MatchedWord

_ORDER = {field: at for at, field in enumerate(Field)}  # the most telling field first


def _telling(piece: FieldText) -> int:
    return _ORDER[piece.field]


def matched_words(
    connection: Connection, sound_ids: Sequence[str], words: Mapping[str, str]
) -> dict[str, list[MatchedWord]]:
    """For each of the sounds the words that it has, in the order in which they were typed.

    Args:
        words: by stem, the typed word that it stands for.
    """
    if not sound_ids:
        return {}
    said = texts_of(connection, sound_ids)
    return {id_: _matched(texts, words) for id_, texts in said.items()}


def _matched(texts: SoundTexts, words: Mapping[str, str]) -> list[MatchedWord]:
    found: dict[str, MatchedWord] = {}
    wanted = dict.fromkeys(words.values())
    for piece in sorted(field_texts(texts), key=_telling):
        if len(found) == len(wanted):
            break
        for token in tokens(piece.text):
            word = words.get(token.stem)
            if word is not None and word not in found:
                found[word] = MatchedWord(word=word, found=token.said, field=piece.field)
    return [found[word] for word in wanted if word in found]
