import pytest

from foundsound.errors import InvalidRequest
from foundsound.ignore_rules import IgnoreRules


@pytest.mark.parametrize(
    "path",
    [
        "._take.wav",
        ".hidden.wav",
        "a/.trash/b.wav",
        "~lock.wav",
        "a/b.wav~",
        "b.wav.part",
        "b.filepart",
        "@eaDir/b.wav",
        "#recycle/b.wav",
        "$RECYCLE.BIN/b.wav",
        "x/__MACOSX/b.wav",
        ".stfolder/b.wav",
        "a/.two\nlines/b.wav",
    ],
)
def test_what_no_root_wants(path: str) -> None:
    assert IgnoreRules().ignores_below(path.encode())


@pytest.mark.parametrize(
    "path",
    ["a.wav", "a/b~c.wav", "eaDir/a.wav", "a.part.wav", "two\nlines.wav", "a b/#1.wav", "$x.wav"],
)
def test_what_every_root_wants(path: str) -> None:
    assert not IgnoreRules().ignores_below(path.encode())
    assert not IgnoreRules().ignores_below(path.encode() + b"\xff.wav")


@pytest.mark.parametrize(
    ("patterns", "hidden", "kept"),
    [
        ("Renders/", ["Renders/a.wav", "x/Renders/y/a.wav"], ["Renders.wav"]),
        ("/Renders", ["Renders/a.wav"], ["x/Renders/a.wav"]),
        ("*.bak.wav\n!keep.bak.wav", ["a.bak.wav"], ["keep.bak.wav", "a.wav"]),
        ("a/**/z.wav", ["a/z.wav", "a/b/c/z.wav"], ["z.wav"]),
        ("!.hidden/", [".other/a.wav"], [".hidden/a.wav"]),
        ("Ger\u00e4usche/", ["Gera\u0308usche/a.wav"], ["Geraeusche/a.wav"]),
        ("# a remark\n\n", [".a.wav"], ["# a remark"]),
    ],
)
def test_a_root_has_patterns_of_its_own(patterns: str, hidden: list[str], kept: list[str]) -> None:
    rules = IgnoreRules(patterns)
    assert [path for path in hidden if not rules.ignores_below(path.encode())] == []
    assert [path for path in kept if rules.ignores_below(path.encode())] == []


def test_a_folder_is_hidden_as_a_whole() -> None:
    rules = IgnoreRules("Renders/")
    assert rules.ignores(b"Renders", folder=True)
    assert not rules.ignores(b"Renders")
    assert rules.ignores_below(b"a/Renders", folder=True)


@pytest.mark.parametrize("line", ["!", "a/\\", "[z-a]"])
def test_what_is_no_pattern_is_refused(line: str) -> None:
    with pytest.raises(InvalidRequest, match="no ignore pattern"):
        IgnoreRules(f"*.bak\n{line}")
