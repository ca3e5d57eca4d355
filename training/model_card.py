"""Writes MODEL_CARD.md: fixed words, measured tables."""

from collections import Counter
from dataclasses import fields
from pathlib import Path

from training.dataset import Clips
from training.evaluate import Figures
from training.packages import HELD_OUT, packages
from training.validate import RUNS, Validation

TEMPLATE = Path(__file__).with_name("model_card_template.md")
NAMES = {
    "chance": "chance",
    "bridge": "bridge alone, no training",
    "phrases": "bridge with phrases, no training",
    "reference": "reference recipe",
    "head": "this head",
}
# The recipe that this one grew from (one head, file-name captions, bridge weight 0.3), run on the
# same split with the same labels, mean of three seeds; recorded once.
REFERENCE = Figures(
    recall_1=0.109,
    recall_5=0.214,
    recall_10=0.284,
    mean_average_precision=0.131,
    hit_1=0.380,
    hit_5=0.630,
    zero_shot_1=0.459,
    zero_shot_5=0.699,
    neighbours_5=0.522,
    neighbours_5_across=0.229,
)


def model_card(validation: Validation, shipped: Clips) -> str:
    """The card, Markdown."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        clips=len(shipped),
        captions=len(set(shipped.captions)),
        held_out_clips=validation.clips,
        held_out_captions=validation.captions,
        held_out_packages=len(HELD_OUT),
        runs=len(RUNS),
        together=_together(validation),
        by_package=_by_package(validation),
        material=_material(shipped),
    )


def _together(validation: Validation) -> str:
    models = validation.together | {"reference": REFERENCE}
    lines = ["| | " + " | ".join(NAMES.values()) + " |", "|---|" + "---|" * len(NAMES)]
    for field in fields(Figures):
        figures = [f"{getattr(models[name], field.name):.3f}" for name in NAMES]
        lines.append(f"| {field.name.replace('_', ' ')} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def _by_package(validation: Validation) -> str:
    lines = [
        "| package | clips | chance mAP | bridge mAP | head mAP | chance R@5 | bridge R@5 "
        "| head R@5 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for package, models in validation.by_package.items():
        shown = [models[name] for name in ("chance", "bridge", "head")]
        figures = [f"{precision:.3f}" for _, precision in shown]
        figures += [f"{recall:.3f}" for recall, _ in shown]
        size = validation.sizes[package]
        lines.append(f"| {package} | {size} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def _material(shipped: Clips) -> str:
    counts = Counter(shipped.packages)
    return ", ".join(
        f"{package.name} {package.version} ({counts[package.name]})"
        for package in packages()
        if counts[package.name]
    )
