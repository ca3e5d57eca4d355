from pathlib import Path

import pytest

from foundsound.errors import InvalidRequest
from foundsound.evaluation.dataset import read_dataset

GOOD = {
    "judgements.csv": "query,path,grade\nrain,a.wav,3\nrain,sub/b.wav,2\nrain,c.wav,1\n",
    "queries.csv": "query,kind\nrain,noun\n",
    "names.csv": "path,ucs\na.wav,RAIN/RAIN_Rain_X_Y.wav\nsub/b.wav,\nd.wav,WIND_Wind_X_Y.wav\n",
}


def folder(tmp_path: Path, **changed: str | None) -> Path:
    """A set of four empty files, with some of its tables changed or left out."""
    for name in ("a.wav", "sub/b.wav", "c.wav", "d.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name, good in GOOD.items():
        text = changed.get(name.partition(".")[0], good)
        if text is not None:
            (tmp_path / name).write_text(text, encoding="utf-8-sig")
    return tmp_path


def test_grades_groups_and_names(tmp_path: Path) -> None:
    found = read_dataset(folder(tmp_path))
    assert found.kind == "labelled"
    a, b, c, d = (tmp_path / name for name in ("a.wav", "sub/b.wav", "c.wav", "d.wav"))
    assert found.answers == {"rain": [a, b]}  # grade 1 is no right answer
    assert found.graded("rain") == {a: 3, b: 2, c: 1}
    assert found.groups == {"rain": {"kind": "noun"}}
    assert found.further == (a, b, d)
    assert found.ucs_names == {a: "RAIN/RAIN_Rain_X_Y.wav", d: "WIND_Wind_X_Y.wav"}


def test_judgements_alone_are_enough(tmp_path: Path) -> None:
    found = read_dataset(folder(tmp_path, queries=None, names=None))
    assert (found.further, found.groups, found.ucs_names) == ((), {}, {})


def test_a_query_without_a_right_answer_is_none(tmp_path: Path) -> None:
    more = GOOD["judgements.csv"] + "wind,d.wav,1\n"
    assert list(read_dataset(folder(tmp_path, judgements=more)).answers) == ["rain"]


@pytest.mark.parametrize(
    ("table", "text", "sentence"),
    [
        ("judgements", "query,path\nrain,a.wav\n", "has no column 'grade'"),
        ("judgements", "query,path,grade\nrain,a.wav,4\n", "line 2: .* a grade of 1, 2 or 3"),
        ("judgements", "query,path,grade\n,a.wav,3\n", "line 2: a query, a path"),
        ("judgements", "query,path,grade\nrain,a.wav,1\n", "no query with a file of grade 2 or 3"),
        ("judgements", "query,path,grade\nrain,gone.wav,3\n", "1 file does not exist"),
        ("judgements", "query,path,grade\nrain,a.wav,3,4\n", "line 2: .* more cells than columns"),
        ("judgements", 'query,path,grade\n"rain"x,a.wav,3\n', "line [12]: ',' expected"),
        ("names", "path\na.wav\n", "has no column 'ucs'"),
        ("names", "path,ucs\ngone.wav,\n", "1 file does not exist"),
        ("queries", "kind\nnoun\n", "has no column 'query'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, table: str, text: str, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        read_dataset(folder(tmp_path, **{table: text}))
