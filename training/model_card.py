"""Writes MODEL_CARD.md: fixed words, measured tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
    "previous": "starter-1",
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
# The head before this one (version starter-1): bridge weight 0.4, half of the captions replaced,
# fewer phrases, no timbre. On the held-out packages the mean of three models, on the folds of one.
PREVIOUS = Figures(
    recall_1=0.116,
    recall_5=0.234,
    recall_10=0.301,
    mean_average_precision=0.140,
    hit_1=0.375,
    hit_5=0.620,
    zero_shot_1=0.452,
    zero_shot_5=0.718,
    neighbours_5=0.506,
    neighbours_5_across=0.222,
)
PREVIOUS_FOLDS = Figures(
    recall_1=0.088,
    recall_5=0.192,
    recall_10=0.248,
    mean_average_precision=0.117,
    hit_1=0.342,
    hit_5=0.567,
    zero_shot_1=0.441,
    zero_shot_5=0.735,
    neighbours_5=0.551,
    neighbours_5_across=0.332,
)
FOLD_FIGURES = ("mean_average_precision", "hit_1", "zero_shot_1", "neighbours_5")

Folds = Sequence[tuple[int, dict[str, Figures]]]


def model_card(validation: Validation, crossed: Folds, shipped: Clips) -> str:
    """The card, Markdown, from the held-out figures, the cross-validation and what was shipped."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        clips=len(shipped),
        captions=len(set(shipped.captions)),
        held_out_clips=validation.clips,
        held_out_captions=validation.captions,
        held_out_packages=len(HELD_OUT),
        runs=len(RUNS),
        together=_table(validation.together | {"reference": REFERENCE, "previous": PREVIOUS}),
        folds=len(crossed),
        crossed=_table(_mean_of_folds(crossed) | {"previous": PREVIOUS_FOLDS}),
        by_fold=_by_fold(crossed),
        by_package=_by_package(validation),
        material=_material(shipped),
    )


def _mean_of_folds(crossed: Folds) -> dict[str, Figures]:
    return {name: Figures.mean([figures[name] for _, figures in crossed]) for name in crossed[0][1]}


def _by_fold(crossed: Folds) -> str:
    names = [name.replace("_", " ") for name in FOLD_FIGURES]
    heads = [f"{name}, {model}" for name in names for model in ("bridge", "head")]
    lines = ["| fold | clips | " + " | ".join(heads) + " |", "|---|---|" + "---|" * len(heads)]
    for number, (clips, figures) in enumerate(crossed, start=1):
        values = [
            f"{getattr(figures[model], name):.3f}"
            for name in FOLD_FIGURES
            for model in ("bridge", "head")
        ]
        lines.append(f"| {number} | {clips} | " + " | ".join(values) + " |")
    return "\n".join(lines)


def _table(models: Mapping[str, Figures]) -> str:
    shown = [name for name in NAMES if name in models]
    heads = [NAMES[name] for name in shown]
    lines = ["| | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for field in fields(Figures):
        figures = [f"{getattr(models[name], field.name):.3f}" for name in shown]
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
