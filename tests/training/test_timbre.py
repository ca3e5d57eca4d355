"""What a text should sound like comes from the sounds that were called so."""

import numpy as np

from foundsound.embedding.embedder import unit_length
from foundsound.embedding.starter import timbre
from foundsound.embedding.starter.timbre import with_sound_timbre, with_text_timbre
from training.dataset import Clips
from training.timbre import fit_timbre_table

TEXTS = ["bark", "rain", "thunder"]


def axes(rows: list[int], dim: int) -> np.ndarray:
    return np.eye(dim, dtype=np.float32)[rows]


def clips() -> Clips:
    captions = ["bark", "rain", "rain", "thunder"]
    nothing = np.zeros((4, 0), np.float32)
    return Clips(["package"] * 4, captions, nothing, np.zeros((4, 521), np.float32))


def test_a_caption_is_expected_to_sound_like_its_clips() -> None:
    timbres = axes([0, 1, 2, 3], timbre.DIM)
    sentences = axes([0, 1, 2], 384)
    silence = np.zeros((3, 521), np.float32)
    table = fit_timbre_table(clips(), timbres, TEXTS, sentences, silence)
    expected = table.expected(sentences, silence)
    np.testing.assert_allclose(np.linalg.norm(expected, axis=1), 1, atol=1e-5)
    nearest = (expected @ timbres.T).argsort(axis=1)
    assert nearest[0, -1] == 0
    assert set(nearest[1, -2:]) == {1, 2}
    assert nearest[2, -1] == 3


def test_timbre_changes_no_texts_order_of_sounds_by_its_length() -> None:
    random = np.random.default_rng(0)
    joint = unit_length(random.normal(size=(5, 384)).astype(np.float32))
    heard = unit_length(random.normal(size=(5, timbre.DIM)).astype(np.float32))
    text = unit_length(random.normal(size=(1, 384)).astype(np.float32))
    scores = with_text_timbre(text, np.zeros((1, timbre.DIM), np.float32)) @ (
        with_sound_timbre(joint, heard).T
    )
    np.testing.assert_array_equal(scores.argsort(), (text @ joint.T).argsort())
