"""What a model's front-end must do, read from the files that its extractor would read."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundsound.errors import ModelError

PREPROCESSOR = "preprocessor_config.json"
PROCESSOR = "processor_config.json"  # transformers 5 saves the extractor inside this one
# What every CLAP checkpoint shares; the front-end is written for these alone.
_FIXED = {
    "feature_size": 64,
    "sampling_rate": 48_000,
    "hop_length": 480,
    "fft_window_size": 1024,
    "padding": "repeatpad",
}


@dataclass(frozen=True)
class Features:
    """The settings in which checkpoints differ."""

    fused: bool
    """HTK filter bank and four channels, as ``truncation: fusion`` means; else Slaney and one."""
    min_hz: float
    """The released checkpoints say 50; the extractor's own default is 0, which is another bank."""
    max_hz: float


def read_features(folder: Path) -> Features:
    """The settings in ``preprocessor_config.json`` or ``processor_config.json``.

    Raises:
        ModelError: there is neither, or one asks for another front-end than CLAP's.
    """
    settings = _settings(folder)
    for name, value in _FIXED.items():
        if settings.get(name, value) != value:
            raise ModelError(
                f"The model in {folder} wants {name} {settings[name]} of its front-end; foundsound "
                f"knows {value} only."
            )
    truncation = settings.get("truncation", "fusion")
    if truncation not in ("fusion", "rand_trunc"):
        raise ModelError(f"The model in {folder} wants the unknown truncation '{truncation}'.")
    return Features(
        fused=truncation == "fusion",
        min_hz=float(settings.get("frequency_min", 0)),
        max_hz=float(settings.get("frequency_max", 14_000)),
    )


def _settings(folder: Path) -> dict[str, Any]:
    for name in (PREPROCESSOR, PROCESSOR):
        if not (folder / name).is_file():
            continue
        try:
            found = json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(f"{folder / name} cannot be read: {error}.") from error
        if name == PROCESSOR:
            found = found.get("feature_extractor")
        if isinstance(found, dict):
            return found
    raise ModelError(
        f"{folder} lacks {PREPROCESSOR}, which tells how the model hears. Save it beside the "
        "weights: ClapProcessor.from_pretrained(…).save_pretrained(…)."
    )
