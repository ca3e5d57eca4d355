"""The iXML chunk (iXML specification 3.01): what field recorders and librarians write as XML.

Parsed by expat, event by event, with everything refused that could make it expand or reach out:
no document type, hence no entities of the file's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from foundsound.metadata.text import decode_text

MAX_DEPTH = 32
MAX_ELEMENTS = 10_000
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
_STRAY_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class IxmlRefused(Exception):
    """The chunk is no iXML that we read; the message says why."""


@dataclass
class _Element:
    tag: str
    text: list[str] = field(default_factory=list)
    children: dict[str, str] = field(default_factory=dict)  # texts of those without children


def read_ixml(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield path and text of every element that holds text, such as ``("USER.CATID", "AMBPark")``.

    Tags are upper case, because writers do not agree on it. Tracks come as one line each, and
    Steinberg's attributes under their own names.

    Raises:
        IxmlRefused: a document type, or out of bounds.
        xml.parsers.expat.ExpatError: no well-formed XML, beyond what can be mended.
    """
    text = _PROLOG.sub("", _NOT_XML.sub("", decode_text(data)))
    # Names and notes are often written as they are: an ampersand in them is no mark-up.
    text = _STRAY_AMPERSAND.sub("&amp;", text)
    found: list[tuple[str, str]] = []
    try:
        _Parser(found).parse(text.strip())
    except expat.ExpatError:
        yield from found  # what stands before the damage
        raise
    yield from found


class _Parser:
    def __init__(self, found: list[tuple[str, str]]) -> None:
        self._found = found
        self._open: list[_Element] = []
        self._count = 0
        self._expat = expat.ParserCreate("utf-8")
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._expat.StartDoctypeDeclHandler = self._refuse
        self._expat.EntityDeclHandler = self._refuse

    def parse(self, text: str) -> None:
        self._expat.Parse(text.encode(), True)

    def _start(self, tag: str, _: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise IxmlRefused("it has too many elements")
        self._open.append(_Element(tag.rpartition(":")[2].upper()))

    def _characters(self, text: str) -> None:
        self._open[-1].text.append(text)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        text = "".join(element.text).strip()
        path = ".".join([above.tag for above in self._open[1:]] + [element.tag])
        if element.tag == "TRACK":
            self._found.append(("TRACK", _track(element.children)))
        elif element.tag == "ATTR" and "NAME" in element.children:
            name = path.removesuffix("ATTR_LIST.ATTR") + element.children["NAME"]
            self._found.append((name, element.children.get("VALUE", "")))
        elif not text or element.tag == "IXML_VERSION":
            return
        elif self._open and self._open[-1].tag in {"TRACK", "ATTR"}:
            self._open[-1].children[element.tag] = text
        else:
            self._found.append((path, text))

    def _refuse(self, *_: object) -> None:
        raise IxmlRefused("it declares a document type")


def _track(values: dict[str, str]) -> str:
    """A track as a line: channel, name, function."""
    parts = [values.get(tag, "") for tag in ("CHANNEL_INDEX", "NAME", "FUNCTION")]
    return " ".join(part for part in parts if part)
