import pytest

from foundsound.metadata.text import MAX_VALUE_CHARS, clean_text, decode_text, mend_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain\0rest", "plain"),
        ("été à l'île".encode("latin-1"), "été à l'île"),
        ("“quoted” — naïve…".encode("cp1252"), "“quoted” — naïve…"),
        (b"undefined \x81 in cp1252", "undefined \x81 in cp1252"),
        ("Zoë".encode(), "Zoë"),
        (b"\xef\xbb\xbfmarked", "marked"),
        ("足音の録音".encode()[:-1], "足音の録"),  # a field of fixed length cuts a character
        ("ドアを閉める".encode("cp932"), "ドアを閉める"),
        ("wide".encode("utf-16"), "wide"),
        ("wide".encode("utf-16-be"), ""),  # no mark: its first byte is a NUL
        (b"\xfe\xff" + "wide\0x".encode("utf-16-be"), "wide"),
        ("unmarked".encode("utf-16-le"), "unmarked"),
        (b"", ""),
        (b"\0\0\0\0", ""),
    ],
)
def test_fields_in_every_encoding(raw: bytes, text: str) -> None:
    assert decode_text(raw) == text


@pytest.mark.parametrize("word", ["naïveté", "Übergröße", "smørrebrød", "mañana", "crème brûlée"])
def test_western_words_are_never_taken_for_japanese(word: str) -> None:
    assert decode_text(word.encode("latin-1")) == mend_text(word) == word


def test_text_is_cleaned_and_bounded() -> None:
    assert clean_text(" a\x00\x1b[31mb\r\nc\rd\te\u0301\x85 ") == "a[31mb\nc\nd\té"
    assert clean_text("x" * 10**6) == "x" * MAX_VALUE_CHARS
    assert clean_text("\ud800") == ""
