"""Loads a model and lets nobody use it before its vectors were looked at."""

from foundsound.embedding.clap.device import cap_threads, choose_device
from foundsound.embedding.clap.encoder import Encoder
from foundsound.embedding.clap.features import read_features
from foundsound.embedding.clap.frontend import LogMel
from foundsound.embedding.clap.gpu import batch_size
from foundsound.embedding.clap.hf_encoder import ClapEncoder
from foundsound.embedding.clap.runtimes.choose import choose_audio_tower
from foundsound.embedding.clap.runtimes.torch_towers import TorchTextTower
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.clap.tokens import Tokens
from foundsound.embedding.clap.weights import load_model
from foundsound.embedding.self_check import self_check
from foundsound.settings import Settings


def load_encoder(source: FilesSource, settings: Settings) -> Encoder:
    """The model, ready to use.

    Raises:
        ModelError: its files cannot be had or read, or its vectors fail the self-check.
    """
    files = source.files()
    device = choose_device(settings)
    cap_threads(settings.thread_count)
    model = load_model(files).to(device)
    text = model.config.text_config
    frontend = LogMel(read_features(files.folder), device)
    encoder = ClapEncoder(
        name=source.name,
        dim=source.dim,
        frontend=frontend,
        audio=choose_audio_tower(model, frontend, device),
        # RoBERTa's positions begin after its padding id.
        tokens=Tokens(
            files.folder,
            text.max_position_embeddings - text.pad_token_id - 1,
            text.pad_token_id,
        ),
        text=TorchTextTower(model, device),
        batch=batch_size(settings),
    )
    self_check(encoder)
    return encoder
