"""Texts to padded token ids, by the tokenizer that lies beside the weights."""

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
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelError(f"The tokenizer in {folder} cannot be loaded: {error}") from error
        if self._tokenizer.pad_token_id != pad_id:
            raise ModelError(
                f"The tokenizer in {folder} does not fit the model: it pads with "
                f"{self._tokenizer.pad_token_id}, the model with {pad_id}."
            )
        self._max_tokens = max_tokens

    def __call__(self, texts: Sequence[str]) -> tuple[Ids, Ids]:
        """Ids and mask, int64 ``[n, longest]``, padded on the right."""
        found = self._tokenizer(
            list(texts),
            padding=True,
            padding_side="right",
            truncation=True,
            max_length=self._max_tokens,
            return_tensors="np",
        )
        return _int64(found["input_ids"]), _int64(found["attention_mask"])


def _int64(ids: object) -> Ids:
    return np.asarray(ids, dtype=np.int64)
