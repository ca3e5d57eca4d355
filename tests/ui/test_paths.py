import pytest

from ui.paths import PathMap

STUDIO = PathMap(r"/data=/mnt/data; /data/sfx=Z:\SFX\ ;/music=\\nas\music")


def test_the_innermost_folder_decides_and_windows_has_its_own_strokes() -> None:
    assert STUDIO.here("/data/sfx/Rain/a b.wav") == r"Z:\SFX\Rain\a b.wav"
    assert STUDIO.here("/data/other/x.wav") == "/mnt/data/other/x.wav"
    assert STUDIO.here("/music/x/y.wav") == r"\\nas\music\x\y.wav"


def test_other_paths_stay_as_they_are() -> None:
    assert STUDIO.here("/database/x.wav") == "/database/x.wav"
    assert PathMap().here("/data/x.wav") == "/data/x.wav"


def test_half_a_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="is no pair of folders"):
        PathMap("/data/sfx")
