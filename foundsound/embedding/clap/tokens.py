"""Texts to padded token ids, by the tokenizer that lies beside the weights."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from foundsound.embedding.clap.towers import Ids
from foundsound.errors import ModelError


class Tokens:
    """A checkpoint's tokenizer.

    Args:
        folder: holds the tokenizer's files.
        max_tokens: longest sequence the model has positions for; longer texts are cut.
        pad_id: the model's padding id. RoBERTa counts positions over the ids that differ from it,
            so another one would shift every row that is padded.

    Raises:
        ModelError: the tokenizer cannot be loaded, or pads with another id.
    """

    def __init__(self, folder: Path, max_tokens: int, pad_id: int) -> None:
        from transformers import AutoTokenizer

        try:
            self._tokenizer = AutoTokenizer.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )
        except Exception as error:  # tokenizers raises bare exceptions, transformers many kinds
            raise ModelError(f"The tokenizer in {folder} cannot be loaded: {error}") from error
        if self._tokenizer.pad_token_id != pad_id:
            raise ModelError(
                f"The tokenizer in {folder} does not fit the model: it pads with "
                f"{self._tokenizer.pad_token_id}, the model with {pad_id}."
            )
        self.max_tokens = max_tokens
        self._folder = folder
        self._in_use = threading.Lock()  # padding and length are set on the one tokenizer

    def __call__(self, texts: Sequence[str]) -> tuple[Ids, Ids]:
        """Ids and mask, int64 ``[n, longest]``, padded on the right."""
        with self._in_use:
            found = self._tokenizer(
                list(texts),
                padding=True,
                padding_side="right",
                truncation=True,
                max_length=self.max_tokens,
                return_tensors="np",
            )
        return _int64(found["input_ids"]), _int64(found["attention_mask"])

    def check_fits(self, known: int) -> None:
        """Make sure that a model with vectors for so many tokens can read all of these.

        Raises:
            ModelError: there are more.
        """
        ids = 1 + max(self._tokenizer.get_vocab().values(), default=-1)
        if ids > known:
            raise ModelError(
                f"The tokenizer in {self._folder} does not fit the model: it has {ids:,} tokens, "
                f"the model knows {known:,}."
            )

    def save(self, file: Path) -> None:
        """Write it as one ``tokenizer.json``, which the ``tokenizers`` library reads alone.

        Raises:
            OSError: it cannot be written; the library itself would raise a bare exception.
        """
        content = self._tokenizer.backend_tokenizer.to_str(pretty=True)
        file.write_bytes(content.encode())


def _int64(ids: object) -> Ids:
    return np.asarray(ids, dtype=np.int64)
