"""CLAP on a processor: converted once, then run by the fastest runtime that agrees with torch."""

import logging
from pathlib import Path

from foundsound.embedding.clap.gpu import batch_size
from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.runtimes.array_mel import ArrayMel
from foundsound.embedding.clap.runtimes.audio_choice import choose_audio
from foundsound.embedding.clap.runtimes.export_cache import TOKENIZER, ConversionError, Export
from foundsound.embedding.clap.runtimes.exported_tokens import ExportedTokens
from foundsound.embedding.clap.runtimes.lazy_towers import LazyAudioTower, LazyTextTower
from foundsound.embedding.clap.runtimes.text_choice import choose_text
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.encoder import Encoder
from foundsound.embedding.starter.window_pool import WindowPool
from foundsound.errors import ModelError
from foundsound.settings import Settings

log = logging.getLogger(__name__)


def load_on_cpu(source: FilesSource, settings: Settings) -> Encoder:
    """The model; each tower is loaded by the first that asks it, a search needs only one.

    A model that cannot be converted is served by torch, unless the settings name a runtime.

    Raises:
        ModelError: its files cannot be had or read, or its vectors fail the self-check.
    """
    export = open_export(source, settings)
    try:
        return _encoder(export, source, settings)
    except ConversionError as error:
        if settings.clap_runtime != "auto":
            raise
        log.warning("%s Torch runs it instead, several times slower.", error)
        from foundsound.embedding.clap.torch_loading import load_reference

        return load_reference(source, settings).encoder


def open_export(source: FilesSource, settings: Settings) -> Export:
    """The converted files of a model; made on first use."""
    return Export(
        settings.cache_dir, source.version, lambda folder: _build(folder, source, settings)
    )


def _encoder(export: Export, source: FilesSource, settings: Settings) -> ClapEncoder:
    facts = export.facts
    pool = WindowPool(settings.thread_count)
    frontend = ArrayMel(export.reference.bank, facts["channels"], pool)
    tokens = ExportedTokens(export.file(TOKENIZER), facts["max_tokens"], facts["pad_id"])
    return ClapEncoder(
        name=source.name,
        dim=source.dim,
        frontend=frontend,
        audio=LazyAudioTower(lambda: choose_audio(export, source, settings, frontend, pool)),
        tokens=tokens,
        text=LazyTextTower(lambda: choose_text(export, source, settings, tokens)),
        batch=batch_size(settings),
        logit_scale=facts["logit_scale"],
    )


def _build(folder: Path, source: FilesSource, settings: Settings) -> None:
    try:
        from foundsound.embedding.clap.runtimes.exporting import write_export
        from foundsound.embedding.clap.torch_loading import load_reference
    except ImportError as error:
        raise ModelError(
            "CLAP needs torch and transformers to convert a model, once. Run: "
            "pip install 'foundsound[clap]'"
        ) from error
    loaded = load_reference(source, settings)
    write_export(
        folder, loaded.files, loaded.model, loaded.tokens, loaded.encoder, settings.thread_count
    )
