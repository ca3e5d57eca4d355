"""The head learns, and a seed means the same weights."""

import numpy as np
import pytest

from foundsound.embedding.embedder import unit_length
from training.pseudo_captions import PseudoCaptions

torch = pytest.importorskip("torch")

from training.head import SentenceTable, predict, train_head  # noqa: E402  # needs torch

CLIPS, CLASSES, FEATURES = 512, 8, 16


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def material() -> tuple[np.ndarray, SentenceTable, SentenceTable, PseudoCaptions, np.ndarray]:
    random = np.random.default_rng(0)
    labels = random.integers(CLASSES, size=CLIPS)
    prototypes = random.normal(size=(CLASSES, FEATURES)).astype(np.float32)
    features = prototypes[labels] + random.normal(size=(CLIPS, FEATURES)).astype(np.float32) / 2
    sentences = unit_length(random.normal(size=(CLASSES, 384)).astype(np.float32))
    captions = torch.from_numpy(sentences[labels])
    names = torch.from_numpy(sentences)
    silent = PseudoCaptions(torch.zeros(CLIPS, CLASSES), torch.zeros(CLIPS, dtype=torch.bool))
    return (
        features.astype(np.float32),
        SentenceTable(captions, captions),
        SentenceTable(names, names),
        silent,
        labels,
    )


def test_it_learns_and_repeats_itself() -> None:
    features, captions, names, silent, labels = material()
    head = train_head(features, captions, names, silent, seed=1)
    said = predict([head], features)
    nearest = (said @ names.plain.numpy().T).argmax(axis=1)
    assert (nearest == labels).mean() > 0.9
    again = train_head(features, captions, names, silent, seed=1)
    np.testing.assert_array_equal(said, predict([again], features))
    other = train_head(features, captions, names, silent, seed=2)
    assert np.abs(said - predict([other], features)).max() > 1e-3


def test_pseudo_captions_are_drawn_only_where_a_class_is_heard() -> None:
    weights = torch.zeros(4, 3)
    weights[1, 2] = 1.0
    pseudo = PseudoCaptions(weights, weights.any(dim=1))
    drawn = torch.stack([pseudo.draw(torch.arange(4)) for _ in range(200)])
    assert set(drawn[:, [0, 2, 3]].flatten().tolist()) == {-1}
    assert set(drawn[:, 1].tolist()) == {-1, 2}
