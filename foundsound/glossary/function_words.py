"""Words that tell a language and say nothing of a sound; in Korean the endings of words."""

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def function_words() -> dict[str, frozenset[str]]:
    """By language. Words for "sound" itself are among them."""
    table = files("foundsound.glossary").joinpath("data", "function-words.tsv")
    rows = (line.split("\t") for line in table.read_text("utf-8").splitlines()[1:])
    return {lang: frozenset(words.split()) for lang, words in rows}
