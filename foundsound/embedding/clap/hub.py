"""The hub's cache on this machine, and downloads into it.

It is the standard cache (``HF_HOME`` moves it): what other programs downloaded is found, and what
is downloaded here is theirs too.
"""

import logging
import sys
from pathlib import Path
from typing import Any

from foundsound.embedding.clap.checkpoints import Checkpoint
from foundsound.embedding.clap.files import CONFIG, SMALL_FILES, ModelFiles, missing_files
from foundsound.errors import ModelError

HUB_WAIT_S = 10.0
LACKING = "the repository lacks some of its files"
STEPS = 10  # that a log tells of a download

log = logging.getLogger(__name__)


def cached_files(checkpoint: Checkpoint) -> ModelFiles | None:
    """The checkpoint's files, if all of them lie in the cache. Never asks the network."""
    config = _cached(checkpoint.name, CONFIG, checkpoint.revision)
    if config is None or missing_files(config.parent):
        return None
    for form in checkpoint.forms:
        weights = _cached(checkpoint.name, form.file, form.revision)
        if weights is not None:
            return ModelFiles(config.parent, (weights,), form.sha256)
    return None


def fetch_small(checkpoint: Checkpoint) -> Path:
    """The folder of everything save the weights; downloads it if it is not in the cache (4 MB).

    Raises:
        ModelError: it is not, and the hub cannot be reached.
    """
    config = _cached(checkpoint.name, CONFIG, checkpoint.revision)
    if config is None or missing_files(config.parent):
        _knock(checkpoint)
        try:
            _download_small(checkpoint)
        except Exception as error:  # those of the hub's transport differ by its version
            raise ModelError(_unavailable(checkpoint, str(error))) from error
        config = _cached(checkpoint.name, CONFIG, checkpoint.revision)
    if config is None or missing_files(config.parent):
        raise ModelError(_unavailable(checkpoint, LACKING))
    return config.parent


def fetch(checkpoint: Checkpoint) -> ModelFiles:
    """The checkpoint's files; downloads what the cache lacks (up to 800 MB).

    A terminal shows how far the weights are as a bar, a log as a line for each tenth. Processes
    that share the cache wait for the one that downloads.

    Raises:
        ModelError: they are not all in the cache, and the hub cannot be reached.
    """
    found = cached_files(checkpoint)
    if found is not None:
        return found
    fetch_small(checkpoint)
    _knock(checkpoint)
    try:
        _download_weights(checkpoint)
    except Exception as error:  # as above
        raise ModelError(_unavailable(checkpoint, str(error))) from error
    found = cached_files(checkpoint)
    if found is None:
        raise ModelError(_unavailable(checkpoint, LACKING))
    return found


def _knock(checkpoint: Checkpoint) -> None:
    """Ask for a file once: a download would retry for 23 s when there is no network."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url, is_offline_mode
    from huggingface_hub.errors import HfHubHTTPError

    if is_offline_mode():
        raise ModelError(_unavailable(checkpoint, "HF_HUB_OFFLINE is set"))
    try:
        url = hf_hub_url(checkpoint.name, CONFIG, revision=checkpoint.revision)
        get_hf_file_metadata(url, timeout=HUB_WAIT_S)
    except HfHubHTTPError as error:
        raise ModelError(_unavailable(checkpoint, f"the model hub says {error}")) from error
    except Exception as error:  # no route, no name, no answer: one kind a transport
        raise ModelError(_unavailable(checkpoint, "no model hub answers")) from error


def _download_small(checkpoint: Checkpoint) -> None:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    for name in SMALL_FILES:
        try:
            hf_hub_download(checkpoint.name, name, revision=checkpoint.revision)
        except LocalEntryNotFoundError:  # an EntryNotFoundError too, but it means no network
            raise
        except EntryNotFoundError:
            continue  # no checkpoint has every kind of tokenizer file


def _download_weights(checkpoint: Checkpoint) -> None:
    from huggingface_hub import hf_hub_download

    weights = checkpoint.weights
    hf_hub_download(
        checkpoint.name,
        weights.file,
        revision=weights.revision,
        tqdm_class=None if sys.stderr.isatty() else _logged(checkpoint.name),
    )


def _cached(repository: str, file: str, revision: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repository, file, revision=revision)
    return Path(found) if isinstance(found, str) else None


def _logged(name: str) -> Any:
    from huggingface_hub.utils.tqdm import tqdm

    class Logged(tqdm):
        """Draws nothing: huggingface_hub's own bar is silent where there is no terminal."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options | {"disable": False, "file": _Nowhere()})  # type: ignore[no-untyped-call]
            self._told = -1

        def update(self, n: float | None = 1) -> bool | None:
            drawn = super().update(n)
            done, total = int(self.n), int(self.total or 0)
            step = STEPS * done // total if total else 0
            if step > self._told:
                self._told = step
                log.info("weights of %s: %.0f of %.0f MB are here", name, done / 1e6, total / 1e6)
            return bool(drawn)

    return Logged


class _Nowhere:
    """A stream that nobody reads."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return


def _unavailable(checkpoint: Checkpoint, reason: str) -> str:
    first_line = reason.strip().split("\n")[0].rstrip(".")
    return (
        f"The weights of {checkpoint.name} are not on this machine and cannot be downloaded: "
        f"{first_line}. Copy the Hugging Face cache of a machine that has them, or name a "
        "directory that holds the model; the README's section on CLAP tells how."
    )
