"""Figures known by hand from a library that answers as it is told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from foundsound.catalog.identity import content_id
from foundsound.embedding.embedder import Embedder
from foundsound.errors import InvalidRequest, QueryError
from foundsound.evaluation.dataset import Dataset, read_dataset
from foundsound.evaluation.evaluate_search import Tick, evaluate_search
from foundsound.evaluation.search_report import SearchEvaluation, SearchFigure
from foundsound.settings import Settings
from tests.evaluation.toy import PitchEmbedder
from tests.signals import tone, write

FILES = ("a", "b", "c", "d")
JUDGEMENTS = "query,path,grade\nrain,a.wav,3\nrain,b.wav,2\nrain,c.wav,1\nwind,d.wav,3\n"
Answers = Mapping[tuple[str, str], str]  # by mode and query: files in order


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Four sounds, of which d lies there twice."""
    for number, name in enumerate((*FILES, "copy")):
        write(tmp_path / f"{name}.wav", tone(0.2, 110 * 2 ** min(number, 3)))
    (tmp_path / "judgements.csv").write_text(JUDGEMENTS)
    (tmp_path / "queries.csv").write_text("query,kind\nrain,noun\nwind,noun\n")
    (tmp_path / "names.csv").write_text("path,ucs\ncopy.wav,\na.wav,RAIN_Rain_X_Y.wav\n")
    return read_dataset(tmp_path)


class Told:
    """A library that holds what lies in its folder, and answers as it is told."""

    def __init__(self, sounds: Path, answers: Answers, broken: str) -> None:
        self.files = {
            path.resolve().stem: content_id(bytes(path), 2**20) for path in sounds.iterdir()
        }
        self._answers = answers
        self._broken = broken

    def sound_ids(self) -> frozenset[str]:
        return frozenset(self.files.values()) - {self.files.get(name) for name in self._broken}

    def rank(self, query: str, mode: str) -> list[str]:
        return [self.files[name] for name in self._answers[mode, query]]


def run(
    dataset: Dataset, settings: Settings, answers: Answers, broken: str = ""
) -> SearchEvaluation:
    @contextmanager
    def told(data_dir: Path, embedder: Embedder, sounds: Path, tick: Tick) -> Iterator[Told]:
        assert not data_dir.exists()
        yield Told(sounds, answers, broken)

    modes = list(dict.fromkeys(mode for mode, _ in answers))
    return evaluate_search(
        dataset, {"toy": PitchEmbedder()}, settings, told, modes=modes, namings=["real", "hashed"]
    )


def figures(found: SearchEvaluation, group: str = "all") -> dict[str, SearchFigure]:
    return {figure.name: figure for figure in found.runs[0].figures if figure.group == group}


def test_a_query_that_cannot_be_asked_is_named(dataset: Dataset, settings: Settings) -> None:
    class Refusing(Told):
        def rank(self, query: str, mode: str) -> list[str]:
            raise QueryError("'foo:' is not known as a filter.", (0, 3))

    @contextmanager
    def told(data_dir: Path, embedder: Embedder, sounds: Path, tick: Tick) -> Iterator[Told]:
        yield Refusing(sounds, ANSWERS, "")

    with pytest.raises(InvalidRequest, match="The query 'rain' cannot be asked: 'foo:' is not"):
        evaluate_search(
            dataset,
            {"toy": PitchEmbedder()},
            settings,
            told,
            modes=["hybrid"],
            namings=["real"],
        )


ANSWERS: Answers = {
    ("dense", "rain"): "dca",
    ("dense", "wind"): "",
    ("lexical", "rain"): "cd",
    ("lexical", "wind"): "abcd",
    ("hybrid", "rain"): "abc",
    ("hybrid", "wind"): "d",
}


def test_figures_of_grades(dataset: Dataset, settings: Settings) -> None:
    found = run(dataset, settings, ANSWERS)
    assert (found.sounds, found.copies, found.modes) == (4, 1, ["dense", "lexical", "hybrid"])
    assert [(each.model, each.names) for each in found.runs] == [("toy", "real"), ("toy", "hashed")]
    by_name = figures(found)
    means = {
        name: {mode: value.mean for mode, value in figure.values.items()}
        for name, figure in by_name.items()
    }
    ideal = 3 + 2 / np.log2(3) + 1 / 2
    dense = (1 / np.log2(3) + 3 / 2) / ideal
    lexical = (1 / ideal + 1 / np.log2(5)) / 2
    assert means["nDCG@10"] == pytest.approx({"dense": dense / 2, "lexical": lexical, "hybrid": 1})
    # Grade 1 is not right: c is neither recalled nor the first that fits.
    assert means["R@10"] == pytest.approx({"dense": 0.25, "lexical": 0.5, "hybrid": 1})
    assert means["MRR@10"] == pytest.approx({"dense": 1 / 6, "lexical": 1 / 8, "hybrid": 1})
    assert by_name["nDCG@10"].values["dense"].error == pytest.approx(dense / 2)

    gain = by_name["nDCG@10"].gain
    assert gain is not None
    assert (gain.mode, gain.other) == ("hybrid", "dense" if dense / 2 > lexical else "lexical")
    assert gain.share == pytest.approx(1 / max(dense / 2, lexical) - 1)
    assert gain.difference.mean == pytest.approx(1 - max(dense / 2, lexical))
    assert figures(found, "kind=noun")["R@10"].values == by_name["R@10"].values
    outcome = found.queries[0]
    assert (outcome.query, outcome.right) == ("rain", 2)
    assert [Path(path).stem for path in outcome.found["dense"]] == ["d", "c", "a"]


def test_chance_and_best_are_those_of_random_orders(dataset: Dataset, settings: Settings) -> None:
    random = np.random.default_rng(0)
    rounds = [
        {("dense", query): "".join(random.permutation(list(FILES))) for query in ("rain", "wind")}
        for _ in range(60)
    ]
    drawn = [figures(run(dataset, settings, answers)) for answers in rounds]
    for name, level in {"nDCG@10": None, "R@10": 1.0, "MRR@10": None}.items():
        values = np.array([figure[name].values["dense"].mean for figure in drawn])
        error = values.std() / np.sqrt(len(values))
        expected = drawn[0][name].chance
        assert expected == pytest.approx(values.mean(), abs=4 * error + 1e-9), name
        assert drawn[0][name].best == 1
        assert level is None or expected == level
        assert drawn[0][name].gain is None


def test_a_sound_that_cannot_be_found_is_left_out(dataset: Dataset, settings: Settings) -> None:
    found = run(dataset, settings, {k: v.replace("d", "") for k, v in ANSWERS.items()}, broken="d")
    assert found.unanswered == ["wind"]
    assert {Path(item.path).stem for item in found.left_out} == {"d", "copy"}
    assert [outcome.query for outcome in found.queries] == ["rain", "rain"]
    assert all(each.figures[0].n == 1 for each in found.runs)
    with pytest.raises(InvalidRequest, match="None of the files that answer a query"):
        run(dataset, settings, ANSWERS, broken="abcd")
