"""What a model's front-end must do, read from the files that its extractor would read."""

import json
import math
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
    "max_length_s": 10,
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


def read_features(folder: Path, fused: bool) -> Features:
    """The settings in ``preprocessor_config.json`` or ``processor_config.json``.

    Args:
        fused: whether the model's audio tower is, as its ``enable_fusion`` says.

    Raises:
        ModelError: there is neither, or one asks for another front-end than CLAP's or the tower's.
    """
    settings = _settings(folder)
    for name, value in _FIXED.items():
        if settings.get(name, value) != value:
            raise ModelError(
                f"The model in {folder} wants {name} {settings[name]} of its front-end; foundsound "
                f"knows {value} only."
            )
    wanted = "fusion" if fused else "rand_trunc"
    # Without one the tower decides: the extractor's own default fits fused towers alone.
    truncation = settings.get("truncation", wanted)
    if truncation not in ("fusion", "rand_trunc"):
        raise ModelError(
            f"The model in {folder} wants the unknown truncation '{truncation}' of its front-end; "
            f"its audio tower needs {wanted}."
        )
    if truncation != wanted:
        raise ModelError(
            f"The front-end of the model in {folder} does not fit its audio tower: truncation is "
            f"{truncation}, but enable_fusion is {str(fused).lower()}; set truncation to {wanted}."
        )
    min_hz, max_hz = settings.get("frequency_min", 0), settings.get("frequency_max", 14_000)
    if not (_is_number(min_hz) and _is_number(max_hz) and 0 <= min_hz < max_hz):
        raise ModelError(
            f"The front-end of the model in {folder} cannot hear from frequency_min "
            f"{json.dumps(min_hz)} to frequency_max {json.dumps(max_hz)}; set two numbers of hertz "
            "as they were in training."
        )
    return Features(fused, float(min_hz), float(max_hz))


def _is_number(value: object) -> bool:
    try:
        return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]
    except OverflowError:  # an integer of hundreds of digits
        return False


def _settings(folder: Path) -> dict[str, Any]:
    for name in (PREPROCESSOR, PROCESSOR):
        if not (folder / name).is_file():
            continue
        try:
            found = json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ModelError(f"{folder / name} cannot be read: {error}.") from error
        if name == PROCESSOR:
            if not isinstance(found, dict) or "feature_extractor" not in found:
                continue
            found = found["feature_extractor"]
        if isinstance(found, dict):
            return found
        raise ModelError(
            f"{folder / name} holds no settings of a front-end, which are an object of names and "
            "values. Save it anew: ClapProcessor.from_pretrained(…).save_pretrained(…)."
        )
    raise ModelError(
        f"{folder} lacks {PREPROCESSOR}, which tells how the model hears. Save it beside the "
        "weights: ClapProcessor.from_pretrained(…).save_pretrained(…)."
    )
