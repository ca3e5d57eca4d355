"""Which runtime reads: onnxruntime in int8 if it ranks as float32 does, else in float32."""

import logging

import numpy as np

from foundsound.embedding.clap.probes import MIN_AGREEMENT
from foundsound.embedding.clap.runtimes.export_cache import TEXT, TEXT_INT8, Export
from foundsound.embedding.clap.runtimes.fixed_texts import fixed_texts
from foundsound.embedding.clap.runtimes.onnx_towers import OnnxTextTower
from foundsound.embedding.clap.runtimes.rankings import MIN_OVERLAP, bank_like, top_overlap
from foundsound.embedding.clap.runtimes.verdicts import remembered
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.clap.towers import TextTower, Tokenize
from foundsound.embedding.embedder import Floats, unit_length
from foundsound.settings import Settings

INT8 = "onnxruntime-text-int8"
FLOAT32 = "onnxruntime-text"
BATCH = 32
COMPARED = 50  # texts on which float32 is compared; int8 ranks with all 500
log = logging.getLogger(__name__)


def choose_text(
    export: Export, source: FilesSource, settings: Settings, tokens: Tokenize
) -> TextTower:
    """The tower; what was measured to choose it is remembered beside the export.

    Raises:
        ModelError: the export is damaged and cannot be made anew.
    """
    threads = settings.thread_count

    def overlap() -> float:
        tower = OnnxTextTower(INT8, export.file(TEXT_INT8), threads)
        found = fixed_text_vectors(tower, tokens)
        reference = export.reference
        return top_overlap(found, reference.text, bank_like(reference.audio))

    def cosine() -> float:
        tower = OnnxTextTower(FLOAT32, export.file(TEXT), threads)
        found = fixed_text_vectors(tower, tokens, COMPARED)
        return float((found * export.reference.text[:COMPARED]).sum(axis=1).min())

    measured = remembered(export.folder, INT8, overlap)
    if measured >= MIN_OVERLAP:
        return OnnxTextTower(INT8, export.file(TEXT_INT8), threads)
    log.info("Text runs in float32: int8 agrees on %.3f of the ten best.", measured)
    if remembered(export.folder, FLOAT32, cosine) >= MIN_AGREEMENT:
        return OnnxTextTower(FLOAT32, export.file(TEXT), threads)
    from foundsound.embedding.clap.runtimes.torch_cpu import torch_text_tower

    return torch_text_tower(source, threads)


def fixed_text_vectors(tower: TextTower, tokens: Tokenize, count: int | None = None) -> Floats:
    """What a tower makes of the first ``count`` fixed texts, or of all; unit length."""
    texts = fixed_texts()[:count]
    parts = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    return unit_length(np.concatenate([tower.embed(*tokens(part)) for part in parts]))
