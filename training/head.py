"""The head and its training: frozen features to MiniLM's sentence space, contrastively."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from foundsound.embedding.embedder import Floats
from training.pseudo_captions import PseudoCaptions

HIDDEN = 512
SENTENCE_DIM = 384
INPUT_DROPOUT, HIDDEN_DROPOUT = 0.3, 0.5
EPOCHS, BATCH = 20, 256
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 0.05
TEMPERATURE = 0.07
# Captions that mean nearly the same are right answers too, by how near they are.
TARGET_TEMPERATURE = 0.08
TEMPLATE_SHARE = 0.3  # of the batches, whose captions read "the sound of ..."


@dataclass(frozen=True)
class SentenceTable:
    """Sentence embeddings, mean subtracted, unit length, ``[n, 384]`` each."""

    plain: torch.Tensor
    templated: torch.Tensor
    """Of the same texts after "the sound of"."""


class Head(nn.Module):
    """Linear, LayerNorm, GELU, Linear; rows of unit length."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN)
        self.output = nn.Linear(HIDDEN, SENTENCE_DIM)
        self.input_dropout = nn.Dropout(INPUT_DROPOUT)
        self.hidden_dropout = nn.Dropout(HIDDEN_DROPOUT)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """``[n, features]`` to ``[n, 384]``."""
        hidden = functional.gelu(self.norm(self.hidden(self.input_dropout(features))))
        return functional.normalize(self.output(self.hidden_dropout(hidden)), dim=-1)


def train_head(
    features: Floats,
    captions: SentenceTable,
    class_names: SentenceTable,
    pseudo: PseudoCaptions,
    seed: int,
) -> Head:
    """Train on ``features`` [clips, dim] whose captions are the table's rows; deterministic."""
    torch.manual_seed(seed)
    inputs = torch.from_numpy(features)
    head = Head(inputs.shape[1])
    batches = len(inputs) // BATCH
    optimiser = torch.optim.AdamW(head.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=EPOCHS * batches + 1, pct_start=0.1
    )
    head.train()
    for _ in range(EPOCHS):
        for clips in torch.randperm(len(inputs))[: batches * BATCH].view(batches, BATCH):
            texts = _texts(clips, captions, class_names, pseudo)
            loss = _contrastive_loss(head(inputs[clips]), texts)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return head.eval()


def predict(heads: Sequence[Head], features: Floats) -> Floats:
    """Mean of the heads' unit vectors, ``[n, 384]``."""
    inputs = torch.from_numpy(features)
    with torch.no_grad():
        outputs: Floats = torch.stack([head(inputs) for head in heads]).mean(dim=0).numpy()
    return outputs


def _texts(
    clips: torch.Tensor,
    captions: SentenceTable,
    class_names: SentenceTable,
    pseudo: PseudoCaptions,
) -> torch.Tensor:
    templated = torch.rand(()).item() < TEMPLATE_SHARE
    own = (captions.templated if templated else captions.plain)[clips]
    classes = pseudo.draw(clips)
    names = (class_names.templated if templated else class_names.plain)[classes.clamp(min=0)]
    return torch.where((classes >= 0)[:, None], names, own)


def _contrastive_loss(audio: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
    scores = audio @ texts.T / TEMPERATURE
    targets = functional.softmax((texts @ texts.T - 1) / TARGET_TEMPERATURE, dim=1)
    from_audio = functional.cross_entropy(scores, targets)
    from_text = functional.cross_entropy(scores.T, targets)
    return (from_audio + from_text) / 2
