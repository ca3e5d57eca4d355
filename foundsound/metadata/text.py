"""Text out of metadata fields, which say little or nothing of their encoding.

The rules, in order: a byte-order mark or the zeros of ASCII in UTF-16; valid UTF-8; Shift-JIS if
that gives kana; else Windows-1252, which is Latin-1 and some. Each is certain or nearly so: random
Western text is no valid UTF-8, and hardly ever has the bytes of kana, which begin with a low quote
or a florin sign there. Kanji alone prove nothing ("été" is two of them), so they are not believed.
"""

import codecs
import re
import unicodedata

MAX_VALUE_CHARS = 4096
# Hiragana and full-width katakana; half-width katakana are the accented letters of Latin-1.
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30ff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def decode_text(raw: bytes) -> str:
    """The text of a field that ends at its first NUL or its last byte."""
    encoding = _UTF16.get(raw[:2])
    if encoding is not None:
        return _until_nul(raw[2:].decode(encoding, "ignore"))
    if len(raw) >= 4 and raw[0] and not raw[1] and raw[2] and not raw[3]:
        return _until_nul(raw.decode("utf-16-le", "ignore"))
    raw = raw.partition(b"\0")[0].removeprefix(codecs.BOM_UTF8)
    return _utf8(raw) or _shift_jis(raw) or _western(raw)


def mend_text(text: str) -> str:
    """Shift-JIS that a reader before us took for Latin-1, put right."""
    try:
        return _shift_jis(text.encode("latin-1")) or text
    except UnicodeEncodeError:
        return text


def clean_text(text: str) -> str:
    """NFC without control characters but tab and newline, trimmed, of bounded length."""
    text = text[: 2 * MAX_VALUE_CHARS].replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _CONTROL.sub("", text)).strip()
    return text[:MAX_VALUE_CHARS]


def _until_nul(text: str) -> str:
    return text.partition("\0")[0]


def _utf8(raw: bytes) -> str | None:
    # Fields of fixed length cut the last character in two: up to three bytes of it are left.
    for cut in range(min(4, len(raw))):
        try:
            text = raw[: len(raw) - cut].decode()
        except UnicodeDecodeError:
            continue
        return text if cut == 0 or not text.isascii() else None
    return None


def _shift_jis(raw: bytes) -> str | None:
    try:
        text = raw.decode("cp932")
    except UnicodeDecodeError:
        return None
    return text if _KANA.search(text) else None


def _western(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:  # five bytes mean nothing there
        return raw.decode("latin-1")
