"""A translation model of one's own in the glossary's place: off unless a setting names one."""

import threading
from typing import Any

from foundsound.errors import ModelError

MOST_TOKENS = 128


class TranslationModel:
    """A model of transformers that writes English, such as a Marian or an M2M one. Thread-safe.

    Args:
        name: a directory, or a model that lies in the Hugging Face cache; nothing is fetched.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def english(self, text: str) -> str:
        """A text in English.

        Raises:
            ModelError: the model, or transformers, is not there, or is no translation model.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._name)
            tokenizer, model = self._loaded
            made = model.generate(
                **tokenizer([text], return_tensors="pt"),
                max_new_tokens=MOST_TOKENS,
                do_sample=False,
            )
            said: str = tokenizer.batch_decode(made, skip_special_tokens=True)[0]
            return " ".join(said.split())


def _load(name: str) -> tuple[Any, Any]:
    try:
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
    except ImportError as error:
        raise ModelError(
            "FOUNDSOUND_TRANSLATION_MODEL needs transformers: pip install 'foundsound[clap]'."
        ) from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=True)
        model = AutoModelForSeq2SeqLM.from_pretrained(name, local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ModelError(
            f"The translation model {name} cannot be loaded; FOUNDSOUND_TRANSLATION_MODEL names a "
            f"directory, or a model in the Hugging Face cache ({str(error).splitlines()[0]})."
        ) from error
    return tokenizer, model.eval()
