"""Queries in other languages than the models': what is searched in place of a foreign text."""

from dataclasses import replace
from functools import lru_cache

from foundsound.glossary.model import TranslationModel
from foundsound.glossary.translate import Translation, is_foreign_script, translation
from foundsound.search.query.parts import TextPart
from foundsound.search.query.resolve import Resolved
from foundsound.search.results import SearchedAs
from foundsound.settings import Settings

UNKNOWN = "und"  # ISO 639-2: undetermined
REMEMBERED = 4096  # texts


class Languages:
    """Puts foreign texts into English: by the glossary, or by a model if a setting names one."""

    def __init__(self, settings: Settings) -> None:
        name = settings.translation_model
        self._model = TranslationModel(name) if name else None
        self._by_model = lru_cache(maxsize=REMEMBERED)(self._translated)

    def english(self, text: str) -> Translation | None:
        """What is searched in place of a text; None: the text itself.

        Raises:
            ModelError: the translation model cannot be used.
        """
        if self._model is None:
            return translation(text)
        return self._by_model(text)

    def understood(self, asked: Resolved) -> tuple[Resolved, list[SearchedAs]]:
        """A query with its foreign texts in English, and which those are.

        Raises:
            ModelError: the translation model cannot be used.
        """
        told: list[SearchedAs] = []
        parts = list(asked.parts)
        for at, part in enumerate(parts):
            found = self.english(part.text) if isinstance(part, TextPart) else None
            if found is not None and isinstance(part, TextPart):
                parts[at] = part.model_copy(update={"text": found.english})
                told.append(
                    SearchedAs(
                        part=at, language=found.language, typed=part.text, english=found.english
                    )
                )
        if not told:
            return asked, told
        return replace(
            asked, parts=tuple(parts), said={each.english: each.typed for each in told}
        ), told

    def _translated(self, text: str) -> Translation | None:
        known = translation(text)
        if self._model is None or not (known or is_foreign_script(text)):
            return known
        english = self._model.english(text)
        return Translation(known.language if known else UNKNOWN, english) if english else known
