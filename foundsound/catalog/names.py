"""Names that people give: tidied for showing, folded for telling them apart."""

import unicodedata

from foundsound.errors import InvalidRequest

MOST_TAG, MOST_COLLECTION = 100, 200  # characters, as the columns have them
FAVOURITE = frozenset({"favourite", "favorite"})  # the tag that is a mark of its own
_UNTYPEABLE = frozenset('"“”„')  # a filter's value stands between these


def tidy_tag(name: str) -> str:
    """A tag as it is shown.

    Raises:
        InvalidRequest: it is empty, too long, or could not be typed in a filter or a list.
    """
    text = _tidy(name, MOST_TAG, "A tag")
    if text[0] in "+-" or {",", ";"} & set(text):
        raise InvalidRequest(f"The tag '{text}' must not begin with + or -, nor hold , or ;.")
    return text


def tidy_collection(name: str) -> str:
    """A collection's name as it is shown.

    Raises:
        InvalidRequest: it is empty, too long, or could not be typed in a filter.
    """
    return _tidy(name, MOST_COLLECTION, "A collection's name")


def tidy_alert(name: str) -> str:
    """An alert's name as it is shown.

    Raises:
        InvalidRequest: it is empty or too long.
    """
    return _tidy(name, MOST_COLLECTION, "An alert's name")


def tidy_enrolled(name: str) -> str:
    """An enrolled sound's name as it is shown.

    Raises:
        InvalidRequest: as above.
    """
    return _tidy(name, MOST_COLLECTION, "An enrolled sound's name")


def tidy_label_set(name: str) -> str:
    """A label set's name as it is shown.

    Raises:
        InvalidRequest: as above.
    """
    return _tidy(name, MOST_COLLECTION, "A label set's name")


def name_key(name: str) -> str:
    """By what two names are the same: neither case nor the spelling of an accent counts."""
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


def _tidy(name: str, most: int, what: str) -> str:
    text = unicodedata.normalize("NFC", " ".join(name.split()))
    if not text:
        raise InvalidRequest(f"{what} needs at least one character.")
    if len(text) > most:
        raise InvalidRequest(f"{what} has at most {most} characters, not {len(text)}.")
    if not text.isprintable() or _UNTYPEABLE & set(text):
        shown = text.encode("utf-8", "backslashreplace").decode()
        raise InvalidRequest(f"{what} is plain text without quote marks: {shown!r} is not.")
    return text
