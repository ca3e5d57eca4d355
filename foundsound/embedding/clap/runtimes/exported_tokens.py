"""Texts to token ids by the ``tokenizers`` library alone; transformers takes 3 s to import."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from foundsound.embedding.clap.towers import Ids


class ExportedTokens:
    """The tokenizer of an export; see :class:`~foundsound.embedding.clap.tokens.Tokens`.

    Args:
        file: a ``tokenizer.json``.
        max_tokens: longer texts are cut.
        pad_id: the model's padding id.
    """

    def __init__(self, file: Path, max_tokens: int, pad_id: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.enable_padding(direction="right", pad_id=pad_id)

    def __call__(self, texts: Sequence[str]) -> tuple[Ids, Ids]:
        """Ids and mask, int64 ``[n, longest]``, padded on the right."""
        found = self._tokenizer.encode_batch(list(texts))
        ids = np.array([one.ids for one in found], dtype=np.int64)
        mask = np.array([one.attention_mask for one in found], dtype=np.int64)
        return ids, mask
