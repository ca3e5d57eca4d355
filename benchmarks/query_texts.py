"""Texts as a person types them, in an order that mixes them."""

import random
from itertools import product

MANNERS = ("slow", "distant", "heavy", "muffled", "metallic", "wet", "short", "angry")
SOURCES = (
    *("footsteps on gravel", "rain on a tin roof", "an engine that will not start", "door slam"),
    *("glass breaking", "crowd in a stadium", "wind in dry leaves", "a dog behind a fence"),
    *("coins on a table", "a church bell at noon", "typing on an old keyboard", "thunder"),
    *("sword drawn from a sheath", "a train over a bridge", "bubbles in a deep pool", "whoosh"),
    *("a chair dragged over tiles", "seagulls at a harbour", "camera shutter", "paper torn"),
    *("horse on cobblestones", "electric hum", "a baby laughing", "fire in a hearth", "gunshot"),
    *("a wooden door creaks", "helicopter flying over", "water poured into a glass", "laser"),
    *("hammer on metal", "a cat purring"),
)


def query_texts(count: int) -> list[str]:
    """The first ``count`` texts.

    Raises:
        ValueError: there are not as many.
    """
    texts = [f"{manner} {source}" for source, manner in product(SOURCES, MANNERS)]
    if count > len(texts):
        raise ValueError(f"There are {len(texts)} texts.")
    random.Random(7).shuffle(texts)
    return texts[:count]
