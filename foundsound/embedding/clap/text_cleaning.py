"""Names become words: people paste file names into the search, and CLAP was taught sentences.

``DOORWood_Heavy oak slam_FSND_01.wav`` becomes ``door wood heavy oak slam``. An ordinary sentence
stays as it is, to the letter.
"""

import re

from foundsound.audio.formats import is_audio_name

# A UCS category id: an upper-case category and a capitalised subcategory, DOORWood or FEETMisc.
_UCS_ID = re.compile(r"([A-Z]{3,4})([A-Z][a-z]{1,7})")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])")
_TAKE = re.compile(r"(?:take|tk|v|ver|alt)?[ -]?\d{1,4}", re.IGNORECASE)
_CREATOR = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_SPACES = re.compile(r"[\s_]+")

PHRASINGS = ("{}", "the sound of {}", "this is a sound of {}", "a recording of {}")


def clean_text(text: str) -> str:
    """Words for a name; anything else unchanged.

    A text counts as a name if it has an underscore, ends like an audio file, or is one word with a
    UCS id or camel case in it.
    """
    stem = text.rsplit(".", 1)[0] if is_audio_name(text) else text
    one_word = not re.search(r"\s", text.strip())
    humps = one_word and len(_HUMP.sub(" ", stem.strip()).split()) > 1
    if stem == text and "_" not in text and not humps:
        return text
    words = _SPACES.sub(" ", " ".join(_split(field) for field in _fields(stem.strip()))).strip()
    return words or text


def phrasings(text: str, ensemble: bool) -> tuple[str, ...]:
    """The sentences whose mean vector stands for ``text``."""
    return tuple(p.format(text) for p in PHRASINGS) if ensemble else (text,)


def _fields(stem: str) -> list[str]:
    """The fields of a name that say something about the sound."""
    fields = [field for field in stem.split("_") if field.strip()]
    named_by_ucs = bool(fields) and _UCS_ID.fullmatch(fields[0]) is not None
    while len(fields) > 1 and _TAKE.fullmatch(fields[-1].strip()):
        fields.pop()  # "take 3" is not heard
    if named_by_ucs and len(fields) > 2 and _CREATOR.fullmatch(fields[2]):
        fields = fields[:2]  # creator and source follow the description
    return fields


def _split(field: str) -> str:
    ucs = _UCS_ID.fullmatch(field)
    if ucs:
        return f"{ucs[1]} {ucs[2]}".lower()
    if " " in field.strip():
        return field  # a description that a person wrote
    return _HUMP.sub(" ", field.replace("-", " "))
