"""Compose file, Dockerfile, settings and examples name the same things."""

import json
import re
import shutil
import subprocess

import yaml
from compose_spec import PyOptions
from typer.main import get_command

from foundsound.cli.app import app
from foundsound.library import Library
from foundsound.media.media import FOLDER as MEDIA
from foundsound.metrics import metric_names, metrics_page
from foundsound.queue_metrics import QueueMetrics
from foundsound.settings import Settings
from tests.studio.compose_file import COMPOSE, OURS, REPOSITORY, filled_in, services, variables
from ui.settings import API_URL, PORT, UiSettings

DOCKERFILE = REPOSITORY / "Dockerfile"
DEPLOY = REPOSITORY / "deploy"
OF_THE_UI = {
    f"FOUNDSOUND_{name.upper()}" for name in ("api_url", "api_token", "ui_host", "ui_port")
}

OTHERS = ("qdrant", "postgres", "prometheus", "grafana")


def test_the_compose_file_is_one() -> None:
    given = {name: "/given" for name, default in variables().items() if default is None}
    composed = PyOptions(apply_merge=True).from_yaml(filled_in(COMPOSE.read_text(), given))
    composed.validate()
    assert set(composed.service_names()) == {*OURS, *OTHERS}


def test_the_dockerfile_has_nothing_to_complain_of() -> None:
    hadolint = shutil.which("hadolint", path=str(REPOSITORY / ".venv/bin")) or "hadolint"
    done = subprocess.run(
        [hadolint, "--no-color", str(DOCKERFILE)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_variable_is_a_setting() -> None:
    known = {f"FOUNDSOUND_{name.upper()}" for name in Settings.model_fields} | OF_THE_UI
    told = {
        name
        for service in OURS
        for name in services()[service]["environment"]
        if name.startswith("FOUNDSOUND_")
    }
    assert len(told) > 8
    assert told <= known
    in_images = set(re.findall(r"\b(FOUNDSOUND_[A-Z_]+)=", DOCKERFILE.read_text()))
    assert {"FOUNDSOUND_DATA_DIR", "FOUNDSOUND_CACHE_DIR"} <= in_images <= known


def test_the_example_names_what_the_compose_file_asks_for() -> None:
    example = (REPOSITORY / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert named == set(variables())
    must = {name for name, default in variables().items() if default is None}
    assert must == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    shown = dict(re.findall(r"^#([A-Z_]+)=(.*)$", example, re.MULTILINE))
    for name, default in variables().items():
        if default:
            assert shown[name] == default


def test_ports_are_those_of_the_settings() -> None:
    api, ui = Settings.model_fields["port"].default, UiSettings().port
    assert ui == PORT
    assert API_URL.endswith(f":{api}")
    exposed = set(re.findall(r"^EXPOSE (\d+)$", DOCKERFILE.read_text(), re.MULTILINE))
    assert exposed == {str(api), str(ui)}
    for name, variable, port in (("api", "FOUNDSOUND_PORT", api), ("ui", "FOUNDSOUND_UI_PORT", ui)):
        service = services()[name]
        assert service["ports"] == [f"${{FOUNDSOUND_PUBLISH:-127.0.0.1}}:{port}:{port}"]
        assert service["environment"][variable] == str(port)
        assert f"127.0.0.1:{port}/" in service["healthcheck"]["test"][-1]


def test_whoever_works_tells_how_it_is_where_prometheus_looks() -> None:
    (job,) = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    workers = {name for name in OURS if services()[name]["command"][1] in ("watch", "worker")}
    assert set(found["names"]) == {"api", *workers}
    for name in found["names"]:
        service = services()[name]
        assert service["environment"]["FOUNDSOUND_METRICS_HOST"] == "0.0.0.0"
        assert service["environment"]["FOUNDSOUND_METRICS_PORT"] == str(found["port"])
        assert str(found["port"]) not in str(service.get("ports"))
        if name in workers:
            check = service["healthcheck"]["test"][-1]
            assert f"127.0.0.1:{found['port']}/healthz" in check


def test_every_query_of_the_dashboard_names_a_metric(library: Library) -> None:
    page = metrics_page(QueueMetrics(library.catalog, 3))
    known = {*metric_names(page), "up"}  # Prometheus's own
    dashboard = json.loads((DEPLOY / "grafana/dashboards/foundsound.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(asked) > 12
    for query in asked:
        named = set(re.findall(r"\b(?:foundsound|process)_[a-z_]+|\bup\b", query))
        assert named, query
        assert named <= known, query
    told = {name for name in known if name.startswith("foundsound_") and name.endswith("_total")}
    assert {name for name in told if not any(name in query for query in asked)} == {
        "foundsound_windows_embedded_total"
    }


def test_what_is_mounted_from_the_repository_is_there() -> None:
    mounted = [
        volume.partition(":")[0]
        for service in services().values()
        for volume in service.get("volumes", ())
        if volume.startswith("./")
    ]
    assert len(mounted) == 3
    assert all((REPOSITORY / path).exists() for path in mounted)


def test_targets_and_commands_exist() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE.read_text(), re.MULTILINE))
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name in OURS:
        service = services()[name]
        assert service["build"]["target"] in stages
        words = service["command"]
        assert words[:3] == ["python", "-m", "ui"] or words[1] in commands


def test_nothing_of_ours_may_write_or_become_root() -> None:
    for name in OURS:
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        for volume in service.get("volumes", ()):
            kept = volume.partition(":")[0] in ("data", "renditions", "cache")
            assert kept or volume.endswith(":/sounds:ro")
    stages = re.split(r"^FROM ", DOCKERFILE.read_text(), flags=re.MULTILINE)
    finals = [stage for stage in stages if "\nCMD " in stage]
    assert len(finals) == 3
    assert all("\nUSER 10001:10001\n" in stage for stage in finals)


def test_every_volume_is_declared_and_the_image_has_its_folder() -> None:
    named = {
        tuple(volume.split(":")[:2])
        for service in services().values()
        for volume in service.get("volumes", ())
        if not volume.startswith((".", "$"))
    }
    composed = yaml.safe_load(COMPOSE.read_text())
    assert {name for name, _ in named} == set(composed["volumes"])
    text = DOCKERFILE.read_text()
    (made,) = re.findall(r"mkdir -p (.*) \\\n", text)
    ours = {volume.split(":")[1] for volume in services()["api"]["volumes"][:-1]}
    # A folder that is not there would be made by Docker, for root.
    for folder in ours:
        assert any(f"{each}/".startswith(f"{folder}/") for each in made.split()), folder
    assert f"/data/{MEDIA}" in ours
    # What is written at run time, and would by default lie in a home that nobody can write to.
    for name in ("FOUNDSOUND_CACHE_DIR", "HF_HOME", "NUMBA_CACHE_DIR"):
        assert f"{name}=/cache/" in text


def test_whoever_depends_on_a_server_waits_for_it() -> None:
    everything = services()
    for name in OURS:
        for other, wanted in everything[name]["depends_on"].items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in everything[other], (name, other)
            else:
                assert everything[other]["restart"] == "no"


def test_the_readme_names_services_profiles_and_ports_that_there_are() -> None:
    readme = (REPOSITORY / "README.md").read_text()
    section = readme.partition("### The studio, by Docker")[2].partition("\n## ")[0]
    everything = services()
    lines = section.replace("\\\n", " ").splitlines()
    asked = [line.partition(" # ")[0].split() for line in lines]
    commands = [words for words in asked if words[:2] == ["docker", "compose"]]
    assert len(commands) > 6
    profiles = {name for service in everything.values() for name in service.get("profiles", ())}
    targets = {words[words.index("--profile") + 1] for words in commands if "--profile" in words}
    assert targets == profiles
    scaled = {words[words.index("--scale") + 1] for words in commands if "--scale" in words}
    assert {each.partition("=")[0] for each in scaled} == {"worker"}
    for words in commands:
        if words[2] in ("exec", "run", "logs"):
            assert everything.keys() & set(words[3:]), words
    named = set(re.findall(r"`(FOUNDSOUND_[A-Z_]+)`", section))
    assert named
    assert named <= set(variables())
    told = set(re.findall(r"\bport (\d+)", section))
    published = {port for each in everything.values() for port in each.get("ports", ())}
    assert told == {port.rpartition(":")[2] for port in published}
