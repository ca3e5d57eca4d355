"""The README tells of everything there is, and of nothing that is not."""

import re
from pathlib import Path

from foundsound.catalog.database import HEAD
from foundsound.library import Library
from foundsound.settings import Settings
from search_api.app import create_app

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_described() -> None:
    for name in Settings.model_fields:
        assert f"_{name.upper()}" in README, name


def test_every_route_is_described(library: Library) -> None:
    for path in create_app(library).openapi()["paths"]:
        stem = re.sub(r"\{[a-z]+_id\}", "{id}", path).replace("/index/{id}", "/index/{run}")
        assert f"{stem}`" in README, path


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_files_that_are_named_exist() -> None:
    for name in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (REPOSITORY / name).exists(), name


def test_sounds_that_are_shown_are_in_the_demo_library() -> None:
    table = (REPOSITORY / "demo" / "categories.tsv").read_text(encoding="utf-8")
    paths = {line.split("\t")[0] for line in table.splitlines()[1:]}
    named = re.findall(r'foundsound show "([^"]+)"', README)
    assert named
    for name in named:
        assert name.removeprefix("demo-library/") in paths, name


def test_the_schema_that_is_shown_is_the_newest() -> None:
    assert re.findall(r"^(?:schema|newest) +(\d{4})$", README, re.MULTILINE) == [HEAD, HEAD]
