"""The seam for a translation model: a real one of transformers, small and without sense."""

from pathlib import Path

import pytest

from foundsound.errors import ModelError
from foundsound.glossary.model import TranslationModel
from foundsound.search.languages import Languages
from foundsound.settings import Settings


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    folder = tmp_path_factory.mktemp("translator")
    words = ["<pad>", "</s>", "<unk>", "hund", "dog", "barks", "loud"]
    tokenizer = Tokenizer(models.WordLevel({w: at for at, w in enumerate(words)}, "<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)
    torch.manual_seed(3)
    config = T5Config(
        vocab_size=len(words), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    made = T5ForConditionalGeneration(config)
    made.generation_config.suppress_tokens = [0, 1, 2]
    made.save_pretrained(folder)
    return folder


def test_foreign_texts_go_to_the_model(model: Path) -> None:
    languages = Languages(Settings(translation_model=str(model)))
    found = languages.english("Hundegebell")
    assert found is not None
    assert found.language == "de"
    assert set(found.english.split()) <= {"hund", "dog", "barks", "loud"}
    assert languages.english("Hundegebell") == found
    unknown = languages.english("жжж")
    assert unknown is not None
    assert unknown.language == "und"
    assert languages.english("heavy rain on a roof") is None


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    for name in (str(tmp_path), "nobody/has-this"):
        with pytest.raises(ModelError, match="FOUNDSOUND_TRANSLATION_MODEL names a directory"):
            TranslationModel(name).english("Hund")
    languages = Languages(Settings(translation_model=str(tmp_path)))
    assert languages.english("a dog barks") is None  # English never asks for it
