import os
import socket
import subprocess
import sys
from pathlib import Path

from foundsound.cli.ui import ui_environment, ui_url
from foundsound.settings import Settings
from tests.process import Cli


def test_without_a_server_it_says_what_to_run(tmp_path: Path) -> None:
    done = Cli(tmp_path / "library", tmp_path / "cache").run("ui")
    assert done.returncode == 2
    assert "foundsound serve --ui" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_interface_is_told_where_to_ask_and_no_stale_token(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, ui_host="0.0.0.0", ui_port=9000)
    told = ui_environment(settings, "http://studio:8765", None)
    assert told["FOUNDSOUND_API_URL"] == "http://studio:8765"
    assert (told["FOUNDSOUND_UI_HOST"], told["FOUNDSOUND_UI_PORT"]) == ("0.0.0.0", "9000")
    assert "FOUNDSOUND_API_TOKEN" not in told
    assert ui_environment(settings, "http://x", "secret")["FOUNDSOUND_API_TOKEN"] == "secret"
    assert ui_url(settings) == "http://127.0.0.1:9000"


def test_the_interface_imports_nothing_of_foundsound() -> None:
    code = (
        "import sys, ui.server, ui.client, ui.views.search, ui.views.library;"
        "print([n for n in sys.modules if n.split('.')[0] in ('foundsound','ingest','search_api')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_address_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        cli = Cli(tmp_path / "library", tmp_path / "cache", {"FOUNDSOUND_UI_PORT": port})
        done = cli.run("serve", "--ui", "--port", "0")
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in " ".join(done.stderr.split())


def test_a_map_of_paths_that_is_none_is_told() -> None:
    variables = os.environ | {"FOUNDSOUND_UI_PATH_MAP": "/data"}
    done = subprocess.run(
        [sys.executable, "-m", "ui"], env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip().startswith("A FOUNDSOUND_ variable is wrong: '/data' is no pair")
