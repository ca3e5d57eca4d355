"""Words that say nothing of a sound. ``on`` and ``off``, ``up`` and ``down`` do: of a switch."""

from importlib.resources import files

STOP_WORDS = frozenset(
    files("foundsound.lexical").joinpath("data", "stop_words.txt").read_text("utf-8").split()
)
# These tell names apart, and say little in a sentence: "rain on a roof".
WEAK_WORDS = frozenset(
    {"in", "on", "off", "out", "up", "down", "over", "under", "through", "onto", "against"}
)
