"""Which model a new library gets when nobody named one."""

import threading
from dataclasses import dataclass
from importlib.util import find_spec

from foundsound.settings import Settings

AUTO = "auto"
OFFLINE_MODEL = "starter"
HUB_WAIT_S = 3.0


@dataclass(frozen=True)
class ModelChoice:
    """A model, and why it was taken."""

    model: str
    reason: str


def choose_model(settings: Settings) -> ModelChoice:
    """CLAP if its weights are at hand or can be fetched, else the starter model."""
    if find_spec("torch") is None or find_spec("transformers") is None:
        reason = "CLAP is not installed: pip install 'foundsound[clap]'"
        return ModelChoice(OFFLINE_MODEL, reason)
    from foundsound.embedding.clap.checkpoints import CHECKPOINTS, default_checkpoint
    from foundsound.embedding.clap.gpu import gpu_usable
    from foundsound.embedding.clap.load import weights_available

    default = default_checkpoint(gpu=settings.device != "cpu" and gpu_usable())
    for name in dict.fromkeys([default, *CHECKPOINTS]):
        if weights_available(name, settings):
            return ModelChoice(name, "its weights are in the cache")
    if hub_answers(default):
        return ModelChoice(default, "its weights can be fetched from the model hub")
    reason = f"no CLAP weights are in the cache, and {_hub_silent()}"
    return ModelChoice(OFFLINE_MODEL, reason)


def _hub_silent() -> str:
    """Why the hub did not answer, in words."""
    from huggingface_hub import is_offline_mode

    if is_offline_mode():
        return "HF_HUB_OFFLINE is set, so the model hub was not asked"
    return f"no model hub answers in {HUB_WAIT_S:g} s"


def hub_answers(name: str) -> bool:
    """True when the hub has this model and says so within ``HUB_WAIT_S``."""
    import httpx
    from huggingface_hub import constants, is_offline_mode

    if is_offline_mode():
        return False
    url = f"{constants.ENDPOINT}/{name}/resolve/main/config.json"
    answered = threading.Event()

    def ask() -> None:
        try:
            response = httpx.head(url, timeout=HUB_WAIT_S, follow_redirects=True)
        except Exception:  # a proxy that httpx cannot use raises ImportError
            return
        if response.is_success:
            answered.set()

    # In a thread: looking up a name can take longer than any timeout of the request.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(HUB_WAIT_S)
    return answered.is_set()
