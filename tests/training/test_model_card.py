"""The card that is shipped says what the template says, and has no gaps."""

import re
from pathlib import Path

import training
from foundsound.embedding.starter import model
from training.packages import packages

CARD = Path(model.__file__).with_name("MODEL_CARD.md").read_text(encoding="utf-8")
TEMPLATE = Path(training.__file__).with_name("model_card_template.md").read_text(encoding="utf-8")


def test_the_cards_words_are_the_templates() -> None:
    fixed = [line for line in TEMPLATE.splitlines() if line and not re.search(r"\{\w+\}", line)]
    missing = [line for line in fixed if line not in CARD.splitlines()]
    assert missing == []
    assert not re.search(r"\{\w+\}", CARD)


def test_it_names_every_part_and_no_other_package() -> None:
    for part in ("YAMNet", "aiSFX", "CC BY 4.0", "MiniLM", "Apache-2.0"):
        assert part in CARD
    material = CARD.split("## Training material")[1]
    listed = set(re.findall(r"([a-z0-9][a-z0-9.+-]+) \S+ \(\d+\)", material))
    assert listed <= {package.name for package in packages()}
    assert len(listed) > 70
