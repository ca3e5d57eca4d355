import pytest

from foundsound.client_paths import ClientPaths


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/srv/sfx/a b.wav", "/Volumes/SFX/a b.wav"),
        ("/srv/sfx", "/Volumes/SFX"),
        ("/srv/sfx2/a.wav", "Z:\\sfx2\\a.wav"),
        ("/srv", "Z:\\"),
        ("/data", "\\\\nas\\all"),
        ("/data/a/b.wav", "\\\\nas\\all\\a\\b.wav"),
        ("/all", "/"),
        ("/elsewhere/a.wav", "/elsewhere/a.wav"),
    ],
)
def test_what_is_shown_is_understood_again(path: str, shown: str) -> None:
    pairs = ["/srv/=Z:\\", "/srv/sfx=/Volumes/SFX", "/data=\\\\nas\\all"]
    paths = ClientPaths([*pairs, "/all=/"] if path == "/all" else pairs)
    assert paths.of(path) == shown
    assert paths.there(shown) == path


def test_windows_may_be_told_with_slashes() -> None:
    paths = ClientPaths(["/srv/sfx=Z:\\SFX"])
    assert paths.there("Z:/SFX/Doors/a.wav") == "/srv/sfx/Doors/a.wav"
    assert paths.there("Z:\\SFX2\\a.wav") == "Z:\\SFX2\\a.wav"
