import unicodedata

from foundsound.catalog.paths import contains, path_key, path_text


def test_bytes_that_are_not_utf8_show_as_escapes() -> None:
    assert path_text(b"caf\xe9.wav") == "caf\\xe9.wav"


def test_both_spellings_of_an_accent_have_one_key() -> None:
    nfd = unicodedata.normalize("NFD", "café.wav").encode()
    assert path_key(nfd) == path_key("café.wav".encode()) == "café.wav"
    assert path_text(nfd) != path_key(nfd)


def test_a_folder_contains_itself_and_what_is_below_not_its_namesakes() -> None:
    assert contains(b"/a/b", b"/a/b")
    assert contains(b"/a/b", b"/a/b/c.wav")
    assert not contains(b"/a/b", b"/a/bc")
    assert contains(b"/", b"/a")
