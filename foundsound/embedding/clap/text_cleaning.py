"""Names become words: people paste file names into the search, and CLAP was taught sentences.

``DOORWood_Heavy oak slam_FSND_01.wav`` becomes ``door wood heavy oak slam``. An ordinary sentence
stays as it is, to the letter.
"""

import re

from foundsound.audio.formats import is_audio_name

# A UCS category id: an upper-case category and a capitalised subcategory, DOORWood or FEETMisc.
_UCS_ID = re.compile(r"([A-Z]{3,4})([A-Z][a-z]{1,7})")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[0-9])")
# "take 3", "_02", "v2", "007", but not a Boeing 747
_TAKE = re.compile(r"\s(?:(?:take|tk|ver|v|alt)\s?)?(?:\d{1,2}|0\d+)$", re.IGNORECASE)
_CREATOR = re.compile(r"[A-Z][A-Z0-9]{1,7}")

PHRASINGS = ("{}", "the sound of {}", "this is a sound of {}", "a recording of {}")


def clean_text(text: str) -> str:
    """Words for a name; anything else unchanged.

    A text counts as a name if it has an underscore, ends like an audio file, is a UCS id, or is one
    word with three parts in camel case (two are a YouTube).
    """
    named = is_audio_name(text)
    stem = (text.rsplit(".", 1)[0] if named else text).strip()
    if not named and "_" not in stem and not _is_one_name(stem):
        return text
    words = " ".join(" ".join(_words(field) for field in _fields(stem)).split())
    return _TAKE.sub("", words) or text


def phrasings(text: str, ensemble: bool) -> tuple[str, ...]:
    """The sentences whose mean vector stands for ``text``."""
    return tuple(p.format(text) for p in PHRASINGS) if ensemble else (text,)


def _is_one_name(word: str) -> bool:
    return _UCS_ID.fullmatch(word) is not None or (
        not re.search(r"\s", word) and len(_CAMEL.findall(word)) > 1
    )


def _fields(stem: str) -> list[str]:
    """The fields of a name that say something about the sound."""
    fields = [field for field in stem.split("_") if field.strip()]
    if len(fields) > 2 and _UCS_ID.fullmatch(fields[0]) and _CREATOR.fullmatch(fields[2]):
        return fields[:2]  # creator and source follow the description
    return fields


def _words(field: str) -> str:
    ucs = _UCS_ID.fullmatch(field)
    if ucs:
        return f"{ucs[1]} {ucs[2]}".lower()
    if " " in field.strip():
        return field  # a description that a person wrote
    return _JOINT.sub(" ", field.replace("-", " "))
