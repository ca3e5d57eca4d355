"""How often a search says that nothing answers: ``python -m benchmarks.unanswered``.

Asks a dataset's own queries, which sounds of it answer, and texts that describe no sound: letters,
and words of other things. Of a labelled set also texts of sounds that it does not have: those may
well be answered, by what is like them. Baseline «by ear»: the same with ``--mode dense``.
"""

import argparse
import csv
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.table import Table

from benchmarks.bench_settings import bench_settings
from benchmarks.measure import out
from foundsound.embedding.embedder import Embedder
from foundsound.embedding.registry import create_embedder
from foundsound.evaluation.dataset import Dataset, read_dataset
from foundsound.evaluation.naming import NAMINGS, Naming, lay_out
from foundsound.evaluation.remembered import RememberedWindows
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search.query.query import Mode, Query
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from ingest.run import index_paths

TEXTS = Path(__file__).parent / "quality" / "unanswerable.tsv"
ELSEWHERE = "elsewhere"  # sounds that the labelled set does not have
MODELS = ("starter", "starter-bridge")
MODES: tuple[Mode, ...] = ("dense", "hybrid")


def unanswerable(file: Path = TEXTS) -> dict[str, list[str]]:
    """Texts by their kind."""
    found: dict[str, list[str]] = {}
    with file.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            found.setdefault(row["kind"], []).append(row["text"])
    return found


def share_answered(searcher: Searcher, texts: Sequence[str], mode: Mode) -> float:
    """Of the texts, those for which something is found that counts as an answer."""
    answered = [searcher.search(Query(text=text, mode=mode)).answered for text in texts]
    return sum(answered) / len(answered)


@contextmanager
def _asked(
    dataset: Dataset, embedder: Embedder, naming: Naming, settings: Settings
) -> Iterator[Searcher]:
    named = {path for query in dataset.answers for path in dataset.graded(query)}
    files = dict.fromkeys([*dataset.further, *sorted(named)])
    with tempfile.TemporaryDirectory(prefix="foundsound-unanswered-") as name:
        sounds = Path(name) / "sounds"
        sounds.mkdir()
        lay_out(files, naming, dataset.ucs_names, sounds)
        changed = {"data_dir": Path(name) / "library", "model": embedder.name}
        with Library(settings.model_copy(update=changed)) as library:
            library.space.embedder = embedder
            index_paths(library, [sounds], IndexProgress(), lambda _: None, threading.Event())
            yield Searcher(library)


def main() -> None:
    """Index the sounds with every model, under every kind of names, and ask."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unanswered", description=__doc__)
    parser.add_argument("dataset", type=Path, nargs="?", help="as of foundsound eval")
    parser.add_argument("--model", action="append", help=f"default: {' and '.join(MODELS)}")
    parser.add_argument("--names", action="append", choices=NAMINGS, help="default: real")
    options = parser.parse_args()
    settings = bench_settings()
    path = options.dataset or Path("demo-library", "descriptions.csv")
    dataset, texts = read_dataset(path), unanswerable()
    if not dataset.ucs_names:
        del texts[ELSEWHERE]
    asked = {"described": list(dataset.answers), **texts}
    table = Table("model", "names", "mode", *asked, title=f"answered, {path}")
    for model in options.model or MODELS:
        embedder = RememberedWindows(create_embedder(model, settings))
        for naming in options.names or ["real"]:
            with _asked(dataset, embedder, naming, settings) as searcher:
                for mode in MODES:
                    shares = [share_answered(searcher, each, mode) for each in asked.values()]
                    table.add_row(model, naming, mode, *(f"{each:.1%}" for each in shares))
    out.print(table)


if __name__ == "__main__":
    main()
