import pytest
from pydantic import ValidationError

from foundsound.path_map import PathMap
from foundsound.settings import Settings


def test_paths_go_there_and_back() -> None:
    paths = PathMap("/data/sfx=/mnt/sfx:/data=/srv/all/")
    assert paths.local(b"/data/sfx/a\xff.wav") == b"/mnt/sfx/a\xff.wav"
    assert paths.local(b"/data/sfx") == b"/mnt/sfx"
    assert paths.local(b"/data/sfx2/a.wav") == b"/srv/all/sfx2/a.wav"
    assert paths.local(b"/database/a.wav") == b"/database/a.wav"
    for path in (b"/data/sfx/a.wav", b"/data/b/c.wav", b"/elsewhere/d.wav"):
        assert paths.catalogued(paths.local(path)) == path


def test_a_whole_disk_may_be_mapped() -> None:
    paths = PathMap("/data=/")
    assert paths.local(b"/data/a.wav") == b"/a.wav"
    assert paths.local(b"/data") == b"/"
    assert paths.catalogued(b"/a.wav") == b"/data/a.wav"


def test_without_a_map_paths_stay() -> None:
    assert PathMap("").local(b"/a/b.wav") == b"/a/b.wav"


@pytest.mark.parametrize("text", ["/data", "data=/mnt", "/data=mnt", "="])
def test_a_map_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no pair of absolute folders"):
        PathMap(text)
    with pytest.raises(ValidationError, match="no pair of absolute folders"):
        Settings(path_map=text)
