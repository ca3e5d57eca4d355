"""CLAP models with random weights, saved as the hub stores them; true sizes, and a small one.

Random text towers give nearly equal vectors: texts get larger initial weights than sounds, so that
the vectors spread as far as the self-check asks (mean cosine below 0.98).
"""

import json
from pathlib import Path
from typing import Any, Literal

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import ClapConfig, ClapModel

Size = Literal["nano", "nano-fused", "tiny", "tiny-fused", "base"]

TEXT_FACTOR = 4.0  # mean cosine between texts: 0.94; 0.999 with the usual 1.0
_WORDS = (
    "a the of and in on with is dog barking rain heavy light wind door wood metal slam creak bell "
    "church engine idling car horn people laughing crowd footsteps gravel water splash bird "
    "singing thunder distant explosion glass breaking sound recording field night city"
)
_NANO_TEXT = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "vocab_size": 600,
    "max_position_embeddings": 130,
}
_NANO_AUDIO = {
    "depths": [1, 1, 1, 1],
    "num_attention_heads": [1, 2, 4, 8],
    "patch_embeds_hidden_size": 8,
    "hidden_size": 64,
}
_BASE_AUDIO = {"depths": [2, 2, 12, 2], "hidden_size": 1024, "patch_embeds_hidden_size": 128}


def save_random_clap(folder: Path, size: Size = "tiny", seed: int = 0) -> Path:
    """Write a complete model: config, safetensors, tokenizer, extractor settings.

    Args:
        size: ``tiny`` is clap-htsat-unfused, ``tiny-fused`` clap-htsat-fused, ``base`` larger_clap;
            ``nano`` runs in milliseconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = random_clap(size, seed)
    model.save_pretrained(folder)
    save_tokenizer(folder)
    save_extractor(folder, fused=size.endswith("fused"))
    return folder


def random_clap(size: Size = "tiny", seed: int = 0) -> ClapModel:
    """The model alone, in eval mode."""
    torch.manual_seed(seed)
    model = ClapModel(_config(size))
    # A trained checkpoint's batch norm has seen decibels; the untrained one expects 0 and 1.
    norm = model.audio_model.audio_encoder.batch_norm
    norm.running_mean.fill_(-30.0)
    norm.running_var.fill_(400.0)
    model.eval()
    return model


def save_tokenizer(folder: Path) -> None:
    """A byte-level tokenizer with RoBERTa's special ids, as vocab.json and merges.txt."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    trainer = trainers.BpeTrainer(
        vocab_size=560,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([_WORDS] * 20, trainer)
    tokenizer.model.save(str(folder))
    config = {"tokenizer_class": "RobertaTokenizer", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def save_extractor(folder: Path, fused: bool) -> None:
    """The extractor's settings as the released checkpoints carry them."""
    settings = {
        "feature_extractor_type": "ClapFeatureExtractor",
        "feature_size": 64,
        "sampling_rate": 48_000,
        "hop_length": 480,
        "fft_window_size": 1024,
        "max_length_s": 10,
        "frequency_min": 50,
        "frequency_max": 14_000,
        "padding": "repeatpad",
        "truncation": "fusion" if fused else "rand_trunc",
        "top_db": None,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))


def _config(size: Size) -> ClapConfig:
    text: dict[str, Any] = {"initializer_factor": TEXT_FACTOR}
    audio: dict[str, Any] = {"enable_fusion": size.endswith("fused")}
    if size.startswith("nano"):
        text |= _NANO_TEXT
        audio |= _NANO_AUDIO
    if size == "base":
        audio |= _BASE_AUDIO
    return ClapConfig(text_config=text, audio_config=audio, projection_dim=512)
