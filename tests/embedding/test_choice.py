"""Which model a new library gets."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub.constants
import pytest
import torch

from foundsound.embedding import choice
from foundsound.embedding.choice import choose_model, hub_answers
from foundsound.embedding.clap.checkpoints import CPU_DEFAULT, GPU_DEFAULT
from foundsound.library import Library
from foundsound.settings import Settings
from tests.clap_models import save_random_clap


class Hub(BaseHTTPRequestHandler):
    """Knows one model; answers at once, or when it is let go."""

    let_go: threading.Event | None = None

    def do_HEAD(self) -> None:
        if self.let_go is not None:
            self.let_go.wait(120)
        known = self.path == f"/{CPU_DEFAULT}/resolve/main/config.json"
        self.send_response(200 if known else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    """A hub of our own, with no weights in the cache."""

    class Own(Hub):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", address)
    monkeypatch.setattr(choice, "HUB_WAIT_S", 60.0)  # a busy machine may take its time
    yield Own
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def fresh_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)  # the same on every machine


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port where nobody listens."""
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")


def test_a_hub_that_answers_gives_clap(hub: type[Hub], settings: Settings) -> None:
    chosen = choose_model(settings)
    assert chosen.model == CPU_DEFAULT
    assert "model hub" in chosen.reason


def test_a_hub_that_does_not_know_the_model_does_not_count(hub: type[Hub]) -> None:
    assert hub_answers(CPU_DEFAULT)
    assert not hub_answers(GPU_DEFAULT)


def test_a_slow_hub_is_not_waited_for(
    hub: type[Hub], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "HUB_WAIT_S", 0.2)
    hub.let_go = threading.Event()
    try:
        assert choose_model(settings).model == "starter"
    finally:
        hub.let_go.set()


def test_offline_means_that_the_hub_is_not_asked(
    hub: type[Hub], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    chosen = choose_model(settings)
    assert chosen.model == "starter"
    assert chosen.reason.endswith("HF_HUB_OFFLINE is set, so the model hub was not asked")


@pytest.mark.usefixtures("no_hub")
def test_without_a_hub_it_is_the_starter(settings: Settings) -> None:
    chosen = choose_model(settings)
    assert chosen.model == "starter"
    assert "no model hub answers" in chosen.reason


@pytest.mark.usefixtures("no_hub")
def test_weights_in_the_cache_come_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = {GPU_DEFAULT}
    monkeypatch.setattr(
        "foundsound.embedding.clap.load.weights_available", lambda name, _: name in cached
    )
    assert choose_model(settings).model == GPU_DEFAULT  # better than none, on a CPU as well
    cached.add(CPU_DEFAULT)
    assert choose_model(settings).model == CPU_DEFAULT
    assert "in the cache" in choose_model(settings).reason


def test_without_the_extra_it_is_the_starter(
    hub: type[Hub], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda _: None)
    chosen = choose_model(settings)
    assert chosen.model == "starter"
    assert "foundsound[clap]" in chosen.reason


@pytest.mark.usefixtures("no_hub")
def test_the_choice_is_made_once_and_recorded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings.model_copy(update={"model": "auto"})
    with Library(own) as library:
        assert library.embedder.name == "starter"
        assert library.choice is not None
    # Weights that turn up later change nothing by themselves.
    monkeypatch.setattr("foundsound.embedding.clap.load.weights_available", lambda *_: True)
    with Library(own) as library:
        assert (library.embedder.name, library.choice) == ("starter", None)


def test_a_named_model_decides_outright(settings: Settings, hub: type[Hub]) -> None:
    named = settings.model_copy(update={"model": "starter-bridge"})
    with Library(named) as library:
        assert (library.embedder.name, library.choice) == ("starter-bridge", None)


def test_a_hub_that_fails_after_all_gives_way_to_the_starter(
    hub: type[Hub], settings: Settings
) -> None:
    # It says that it has the model, and then does not give it.
    own = settings.model_copy(update={"model": "auto"})
    with Library(own) as library:
        assert library.embedder.name == "starter"
        assert library.choice is not None
        assert f"{CPU_DEFAULT} cannot be used" in library.choice.reason


def test_a_clap_model_in_the_cache_is_used_and_recorded(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_random_clap(tmp_path / "nano", "nano")
    found = choice.ModelChoice(str(folder), "its weights are in the cache")
    monkeypatch.setattr("foundsound.embedding.first_model.choose_model", lambda _: found)
    own = settings.model_copy(update={"model": "auto"})
    for expected in (found, None):
        with Library(own) as library:
            assert (library.embedder.name, library.choice) == (str(folder), expected)
