"""Whole searches of the demo library: words help where names tell, and harm nowhere."""

from pathlib import Path

import pytest

from demo.library import build
from foundsound.cli.eval_library import LibraryMaker
from foundsound.embedding.registry import create_embedder
from foundsound.evaluation.dataset import read_dataset
from foundsound.evaluation.evaluate_search import evaluate_search
from foundsound.evaluation.search_report import SearchEvaluation, SearchFigure
from foundsound.settings import Settings

REPOSITORY = Path(__file__).parent.parent.parent
MODEL = "starter-bridge"


@pytest.fixture(scope="module")
def found(cache_dir: Path) -> SearchEvaluation:
    """127 descriptions of 116 sounds, asked of two libraries in each mode."""
    folder = REPOSITORY / "demo-library"
    assert build(folder, REPOSITORY / ".demo" / "wheels", lambda _: None).missing == []
    settings = Settings(cache_dir=cache_dir, model=MODEL)
    return evaluate_search(
        read_dataset(folder / "descriptions.csv"),
        {MODEL: create_embedder(MODEL, settings)},
        settings,
        LibraryMaker(settings),
        modes=["dense", "lexical", "hybrid"],
        namings=["real", "hashed"],
    )


def figures(found: SearchEvaluation, names: str) -> dict[str, SearchFigure]:
    (run,) = (run for run in found.runs if run.names == names)
    return {figure.name: figure for figure in run.figures}


def test_every_sound_is_judged(found: SearchEvaluation) -> None:
    assert (found.sounds, found.left_out, found.unanswered) == (116, [], [])
    assert len(found.queries) == 2 * 127


@pytest.mark.parametrize("name", ["nDCG@10", "R@10", "MRR@10"])
def test_hybrid_is_never_behind(found: SearchEvaluation, name: str) -> None:
    means = {mode: value.mean for mode, value in figures(found, "real")[name].values.items()}
    assert means["hybrid"] >= max(means["dense"], means["lexical"]), means
    # Hashed, one file's title is all the words there are: they may cost luck, and no more.
    gain = figures(found, "hashed")[name].gain
    assert gain is not None
    assert gain.other == "dense"
    assert gain.difference.error is not None
    assert gain.difference.mean >= -gain.difference.error


def test_only_words_depend_on_names(found: SearchEvaluation) -> None:
    real, hashed = figures(found, "real")["nDCG@10"], figures(found, "hashed")["nDCG@10"]
    assert real.values["dense"] == hashed.values["dense"]
    assert real.values["dense"].mean > 10 * real.chance
    assert real.values["lexical"].mean > 10 * real.chance
    assert hashed.values["lexical"].mean < real.values["lexical"].mean / 4
