"""Rebuilds the starter model's head from public packages: ``python -m training``."""

import argparse
import logging
from pathlib import Path

import numpy as np
import platformdirs
import torch

import foundsound.embedding.starter
from training.dataset import Clips, captioned_clips, thinned
from training.export import write_head
from training.features import extract_packages
from training.joint import TextSide, fit_joint
from training.model_card import model_card
from training.packages import HELD_OUT, packages
from training.validate import cross_validate, validate

SEED = 20261122
SHIPPED_SEEDS = (0, 1)

log = logging.getLogger("training")


def main() -> None:
    """Download, extract, validate, train on everything, write head, prior and model card."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument(
        "--cache-dir", type=Path, default=platformdirs.user_cache_path("foundsound")
    )
    parser.add_argument("--processes", type=int, default=2, help="for feature extraction")
    parser.add_argument(
        "--held-out-head",
        type=Path,
        metavar="FILE.npz",
        help="only write a head that never saw the held-out packages, to be judged on them",
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)  # sums in one order, so that runs agree to the last bit
    torch.use_deterministic_algorithms(True)

    starter = Path(foundsound.embedding.starter.__file__).parent
    features = extract_packages(packages(), options.cache_dir, options.processes)
    clips = captioned_clips(features, SEED)
    log.info("%d sounds, %d captioned clips", sum(len(f.paths) for f in features), len(clips))
    side = TextSide(options.cache_dir)
    if options.held_out_head:
        model = fit_joint(thinned(clips.without(HELD_OUT), SEED), side, SHIPPED_SEEDS)
        write_head(model, side.phrases, options.held_out_head)
        return
    _write_prior(clips, starter / "data" / "prior.npy")

    validation = validate(clips, side, options.cache_dir, SEED)
    for name, figures in validation.together.items():
        log.info("%s: %s", name, figures)
    crossed = cross_validate(clips, side, options.cache_dir, SEED)
    shipped = thinned(clips, SEED)
    model = fit_joint(shipped, side, SHIPPED_SEEDS)
    write_head(model, side.phrases, starter / "data" / "head.npz")
    card = model_card(validation, crossed, shipped)
    (starter / "MODEL_CARD.md").write_text(card, encoding="utf-8")


def _write_prior(clips: Clips, target: Path) -> None:
    """Mean class probability; of the training packages only, so that validation stays clean."""
    prior = thinned(clips.without(HELD_OUT), SEED).probabilities.mean(axis=0)
    np.save(target, prior.astype(np.float32))


if __name__ == "__main__":
    main()
