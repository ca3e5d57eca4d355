"""Everyday phrases for AudioSet's classes, beside their names: ``class_phrases.tsv``."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.embedder import Floats, unit_length
from foundsound.embedding.starter.bridge import TEMPLATE
from foundsound.embedding.starter.phrases import PhraseTable
from foundsound.embedding.starter.yamnet import class_names


def class_phrases() -> tuple[list[str], NDArray[np.int64]]:
    """Every class's name followed by its phrases, and each row's class index."""
    path = Path(__file__).with_name("class_phrases.tsv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    phrases_of = {row["name"]: row["phrases"].split("; ") for row in rows}
    phrases, classes = [], []
    for index, name in enumerate(class_names()):
        own = [name, *phrases_of.get(name, [])]
        phrases += own
        classes += [index] * len(own)
    return phrases, np.array(classes, np.int64)


def phrase_table(encode: Callable[[Sequence[str]], Floats]) -> PhraseTable:
    """The table that the runtime matches texts against; ``encode`` gives MiniLM's embeddings."""
    phrases, classes = class_phrases()
    embedded = encode([TEMPLATE.format(phrase) for phrase in phrases])
    starts = np.searchsorted(classes, np.arange(classes[-1] + 1))
    centre = np.asarray(embedded[starts].mean(axis=0), np.float32)
    return PhraseTable(centre, unit_length(embedded - centre), starts)
