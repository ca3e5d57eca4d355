"""The confusion matrix as a PNG: rows are what sounds are, columns what they choose."""

from pathlib import Path

import numpy as np

from foundsound.errors import FoundsoundError, InvalidRequest
from foundsound.evaluation.zero_shot import ZeroShotOutcome

CELL_IN = 0.2  # inches
MARGIN_IN = 3.0
MOST_NAMED = 120  # classes whose names are written; they would not be legible beyond


def check_drawable() -> None:
    """Tell before hours of work that no picture can be drawn.

    Raises:
        FoundsoundError: matplotlib is not installed.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise FoundsoundError(
            "The confusion matrix is drawn by matplotlib. Run: pip install 'foundsound[eval]'"
        ) from error


def save_confusion(found: ZeroShotOutcome, title: str, path: Path) -> None:
    """Draw shares of each row, from white to blue.

    Raises:
        InvalidRequest: the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    counts = np.array(found.confusion, np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    classes = len(shares)
    side = max(4.0, min(CELL_IN * classes, 40.0))
    figure = Figure(figsize=(side + MARGIN_IN, side + MARGIN_IN), layout="constrained", dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0, interpolation="nearest")
    if classes <= MOST_NAMED:
        # A dollar would begin a formula.
        names = [each.label.replace("$", r"\$") for each in found.classes]
        axes.set_xticks(range(classes), names, rotation=90, fontsize=7)
        axes.set_yticks(range(classes), names, fontsize=7)
    axes.set_xlabel("chosen")
    axes.set_ylabel("is")
    axes.set_title(title.replace("$", r"\$"))
    figure.colorbar(image, ax=axes, shrink=0.5, label="share of the class's sounds")
    try:
        figure.savefig(path, format="png", metadata={"Software": "foundsound"})
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be written: {error.strerror}.") from error
