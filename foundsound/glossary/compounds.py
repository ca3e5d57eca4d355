"""Takes compounds apart, as German and Dutch make them: Hunde-gebell, Tür-klingel, regen-bui."""

from foundsound.glossary.words import Glossary

LANGUAGES = frozenset({"de", "nl"})
_LINKS = ("", "s", "n", "en", "es", "e", "er")  # between two parts
_LEAST = 3  # letters of a part
_LEAST_ALONE = 4  # of a part beside what nobody knows
_LONGEST = 40  # letters; what is longer is no word


def split(words: Glossary, compound: str) -> tuple[list[str], int]:
    """English of the parts of a word in lower case, in order, and how many letters they explain.

    Of all parts if the whole can be made of known ones, as long ones as possible; else of the end,
    which says what it is, or of the beginning; of none when nothing is known. Parts count with
    their own accents alone: folded, the Kocher of a Wasserkocher would be a Köcher, for arrows.
    """
    if len(compound) > _LONGEST:
        return [], 0
    whole = _parts(words, compound, {})
    if whole is not None:
        return whole, len(compound)
    for at in range(1, len(compound) - _LEAST_ALONE + 1):
        end = words.strictly(compound[at:])
        if end is not None:
            return [end], len(compound) - at
    for at in range(len(compound) - 1, _LEAST_ALONE - 1, -1):
        start = words.strictly(compound[:at])
        if start is not None:
            return [start], at
    return [], 0


def _parts(words: Glossary, rest: str, seen: dict[str, list[str] | None]) -> list[str] | None:
    if rest in seen:
        return seen[rest]
    known = words.strictly(rest) if len(rest) >= _LEAST else None
    found = None if known is None else [known]
    for at in range(len(rest) - _LEAST, _LEAST - 1, -1):
        if found is not None:
            break
        first = words.strictly(rest[:at])
        if first is None:
            continue
        for link in _LINKS:
            if rest.startswith(link, at):
                after = _parts(words, rest[at + len(link) :], seen)
                if after is not None:
                    found = [first, *after]
                    break
    seen[rest] = found
    return found
