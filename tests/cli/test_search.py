"""``foundsound search`` as a person uses it, by itself and through a serving process."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from foundsound.cli.query_options import query_of
from foundsound.cli.search import search
from foundsound.errors import InvalidRequest
from tests.process import Cli
from tests.signals import noise, write

QUERIES = [
    ["white noise, static dur:>1 fmt:wav"],
    ["tone", "-hiss", "--not", "noise", "--limit", "2", "--weak"],
    ["tone", "--like", "{sounds}/tone.flac", "--not", "{sounds}/noise.wav", "--weak"],
    ["--like", "{sounds}/tone.flac", "--from", "0:00.5", "--to", "1", "--weak"],
    ["dur:>0", "--sort", "-duration"],
]
FACETS = ["category", "format", "duration", "folder", "tag", "suggested"]
BAD = [
    (["rain lenght:5 wind"], "  rain lenght:5 wind\n       ^^^^^^\nError: 'lenght:' is not known"),
    (['雨 "roof'], '  雨 "roof\n     ^^^^^\nError: This quote has no end'),
    (["-hiss"], "  -hiss\n  ^^^^^\nError: Say what to find as well"),
    (["--like", "{sounds}/CREDITS", "rain"], "CREDITS: "),
    (["--like", "~nobody-of-that-name/a.wav"], "a.wav: "),
    (["tone", "--not", ""], "--not is empty; say what is not wanted"),
    (["--like", ""], "--like is empty; name a file"),
    (["tone", "--least", "nan"], "--least: Input should be a finite number"),
    (["--like", "{sounds}/tone.flac", "--to", "0"], "--to: Input should be greater than 0"),
    (["tone", "--not", "mistyped.wav"], "mistyped.wav: The file cannot be read"),
    (["tone", "--like", "{sounds}/tone.flac", "--from", "9" * 400 + ":00:00"], "is no time"),
]


def test_queries_by_itself_and_over_http(cli: Cli, sounds: Path) -> None:
    (sounds / "CREDITS").write_text("no audio")
    assert cli.run("index", sounds).returncode == 0

    def ask(arguments: list[str]) -> Any:
        return cli.json("search", *[each.format(sounds=sounds) for each in arguments])

    def refused(arguments: list[str]) -> str:
        done = cli.run("search", *[each.format(sounds=sounds) for each in arguments])
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr

    alone = [ask(query) for query in QUERIES]
    errors = [refused(arguments) for arguments, _ in BAD]
    no_text = ["rain \udcff"]  # a byte of a command line that is no UTF-8
    assert "not valid Unicode" in refused(no_text)
    with cli.serving():
        assert "not valid Unicode" in refused(no_text)
        served = [ask(query) for query in QUERIES]
        served_errors = [refused(arguments) for arguments, _ in BAD]
    for own, other in zip(alone, served, strict=True):
        assert _rounded(own | {"took_ms": 0}) == _rounded(other | {"took_ms": 0})
    for error, other, (_, words) in zip(errors, served_errors, BAD, strict=True):
        assert error == other
        assert words in error

    names = [[Path(hit["path"]).name for hit in result["hits"]] for result in alone]
    assert names[0] == ["noise.wav"]
    assert len(names[1]) == 2
    assert names[2][0] == "tone.flac"
    assert names[2][-1] == "noise.wav"
    assert alone[2]["hits"][-1]["demoted_by"] == 2
    assert names[3][0] == "tone.flac"
    assert names[4] == ["noise.wav", "tone.flac", "high.ogg"]
    assert alone[1]["understood"] == "tone -hiss"
    assert [part["type"] for part in alone[1]["parts"]] == ["text", "text", "text"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"words": ["rain"], "as_json": True, "form": "csv"}, "choose one"),
        ({"words": ["rain"], "between": True}, "--between takes two sounds"),
        ({"words": ["rain"], "weight": 2.0}, "beside a --like; give both"),
        ({"words": ["rain"], "weight": 0.0}, "beside a --like; give both"),
        ({"like": ["a.wav"], "weight": 2.0}, "beside a --like; give both"),
    ],
)
def test_options_without_a_use_are_told(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        search(**options)


def test_stretches_and_earlier_results_are_checked(tmp_path: Path) -> None:
    def ask(stretch: tuple[float | None, float | None], refine: Path | None = None) -> None:
        within = None if refine is None else str(refine)
        query_of("", ["a.wav"], [], stretch, within, "name", "hybrid", 1, None, False)

    with pytest.raises(InvalidRequest, match="--to must come after --from"):
        ask((3.0, 2.0))
    with pytest.raises(InvalidRequest, match="none cannot be read: No such file or directory"):
        ask((None, None), tmp_path / "none")
    (tmp_path / "many").write_text(f"{'0' * 32}\n" * 20_001)
    with pytest.raises(InvalidRequest, match="20,000 sounds at most, not 20,001"):
        ask((None, None), tmp_path / "many")


def _rounded(value: Any) -> Any:
    """Two processes add up the same sound's numbers in an order of their own."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value


def test_refining_and_paging(cli: Cli, sounds: Path, tmp_path: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    first = cli.run("search", "tone", "--limit", "2", "--weak", "--json").stdout
    (tmp_path / "found.json").write_text(first)
    ids = [hit["sound_id"] for hit in json.loads(first)["hits"]]
    refined = cli.json("search", "noise", "--weak", "--refine", tmp_path / "found.json")
    assert {hit["sound_id"] for hit in refined["hits"]} == set(ids)
    (tmp_path / "ids.txt").write_text("\n".join(ids[:1]))
    one = cli.json("search", "noise", "--weak", "--refine", tmp_path / "ids.txt")
    assert [hit["sound_id"] for hit in one["hits"]] == ids[:1]
    cursor = json.loads(first)["cursor"]
    rest = cli.json("search", "tone", "--limit", "2", "--weak", "--cursor", cursor)
    assert len(rest["hits"]) == 1
    assert rest["hits"][0]["sound_id"] not in ids
    like = cli.json("search", "--like", ids[0])
    assert ids[0] not in [hit["sound_id"] for hit in like["hits"]]
    assert "No sound fits" in cli.run("search", "tone dur:>100").stderr
    lines = cli.run("search", "dur:>0 fmt:wav").stdout
    assert re.fullmatch(r"\t0\.00\t.*noise\.wav\n", lines)  # nothing to compare, no score


def test_each_option_makes_another_query(cli: Cli, sounds: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    asked = ["tone", "--like", str(sounds / "noise.wav"), "-n", "1", "--weak"]
    options = [[], ["--between"], ["--diversity", "0.5"], ["--weight", "2"], ["--takes"]]
    options += [["--least", "1"], ["--sort", "name"], ["--mode", "dense"], ["--not", "rain"]]
    cursors = {cli.json("search", *asked, *option)["cursor"] for option in options}
    assert len(cursors - {None}) == len(options)  # a cursor belongs to its query


def test_an_earlier_result_means_its_takes_too(cli: Cli, sounds: Path, tmp_path: Path) -> None:
    for take in (1, 2, 3):
        write(sounds / f"steps {take}.wav", noise(1.0, seed=take))
    assert cli.run("index", sounds).returncode == 0
    found = cli.run("search", "steps", "--json").stdout
    (hit,) = json.loads(found)["hits"]
    assert len(hit["takes"]) == 2
    (tmp_path / "found.json").write_text(found)
    cli.run("tag", "--found", tmp_path / "found.json", "+gg")
    assert cli.json("tag") == [{"name": "gg", "sounds": 3}]
    refine = ("search", "noise", "--takes", "--refine", tmp_path / "found.json")
    refined = cli.json(*refine)["hits"]
    assert {each["sound_id"] for each in refined} == {hit["sound_id"], *hit["takes"]}
    (tmp_path / "found.json").write_text('{"hits": [{"sound_id": "%s", "takes": 3}]}' % ("0" * 32))
    assert "neither the JSON of a search" in cli.run(*refine).stderr


def test_facets_are_counted_beside_the_hits(cli: Cli, sounds: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    alone = cli.run("search", "--facets", "--limit", "1")
    assert alone.stdout.count("\n") == 1  # the hit; counts do not go down the pipe
    counts = dict(line.split(maxsplit=1) for line in alone.stderr.splitlines())
    assert counts["format"] == "flac 1, ogg 1, wav 1"
    assert counts["duration"] == "1 to 5 s 3"
    assert counts["folder"].endswith("sub 1")
    assert counts["tag"] == "none"
    assert "static 1" in counts["suggested"]
    assert counts["counted"] == "over the 3 sounds that fit"
    compared = cli.run("search", "noise", "--facets", "--limit", "1").stderr
    assert "format      wav 1\n" in compared
    told = re.search(r"counted over the 1 answer; with a filter, --least (\S+) finds", compared)
    assert told
    assert len(cli.json("search", "noise dur:>0", "--least", told[1])["hits"]) == 1
    none = cli.json("search", "noise dur:>0", "--mode", "dense", "--least", "99")
    assert (none["hits"], none["answered"]) == ([], False)
    named = cli.run("search", "noise", "--facets", "--least", "1000000").stderr
    assert named.endswith("counted over the 1 answer, found by words alone\n")
    nothing = cli.run("search", "noise dur:>100", "--facets").stderr
    assert nothing.endswith("counted over the 0 answers\n")
    weak = cli.run("search", "noise", "--facets", "--weak").stderr
    assert "counted over the 3 sounds that were compared\n" in weak
    facets = cli.json("search", "noise fmt:flac", "--facets", "--weak")["facets"]
    assert [each["name"] for each in facets["facets"]] == FACETS
    assert facets["facets"][1]["values"] == [{"value": "flac", "count": 1, "filter": "fmt:flac"}]


def test_an_empty_library_says_so(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sfx").mkdir()
    for _ in ("there is none", "it has no sound"):
        done = cli.run("search", "rain")
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.startswith("The library is empty. Index a folder first: ")
        assert cli.json("search", "rain")["nothing"] in done.stderr
        cli.run("index", tmp_path / "sfx")
    assert (cli.data_dir / "catalog.sqlite").is_file()


def test_refining_takes_ids_and_nothing_else(cli: Cli, sounds: Path, tmp_path: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    for content in ('{"hits": [{"sound_id": "abc"}]}', '{"hits": [{"sound_id": 3}]}', "abc", "{}"):
        (tmp_path / "found.json").write_text(content)
        done = cli.run("search", "tone", "--refine", tmp_path / "found.json")
        assert (done.returncode, done.stdout) == (2, "")
        assert "holds neither the JSON of a search nor sound ids" in done.stderr
