"""Makes the glossary of the Universal Category System's words in eleven languages.

``python -m training.glossary TABLE VOCABULARY`` reads a table ``lang, CatID, CatShort, Category,
SubCategory, synonyms`` of UCS 8.2.1 (universalcategorysystem.com, a public-domain standard;
community edition under CC0 1.0) and writes ``foundsound/glossary/data/ucs-words.tsv``: language,
word, English.

Names of categories are translations of each other. Synonyms are not, only gathered by category; a
word's English is what stands in the same categories as it does: the English word or name whose
categories agree best (Dice), or else the names of the category itself.

Then it writes ``english-too.txt``: the English words, of a vocabulary such as MiniLM's
``vocab.txt``, that a glossary would take for its own. Words that stand in a glossary as they are
stay foreign, unless ``BOTH`` says that they are English as well: "hahn" is German, "kit" is not.
"""

import re
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from foundsound.glossary.translate import LATIN, is_of
from foundsound.glossary.words import folded
from foundsound.glossary.words import glossary as glossary_of

DATA = Path(__file__).parent.parent / "foundsound" / "glossary" / "data"
BOTH = frozenset((Path(__file__).parent / "english_both.txt").read_text("utf-8").split())
GENERIC = frozenset({"general", "misc", "miscellaneous", "ucs marke", "movement", "impact"})
ALIKE = 0.6  # Dice of two words' categories, from which one stands for the other
MANY = 12  # categories; a word of more says nothing of any
LONGEST = 4  # words of a phrase
LONGEST_CJK = 10  # characters
CODES = {"kr": "ko"}
UNSPACED = ("zh", "ja")


@dataclass(frozen=True)
class Row:
    """A category in one language."""

    lang: str
    cat_id: str
    category: str
    subcategory: str
    synonyms: tuple[str, ...]


def read(path: Path) -> list[Row]:
    """The table's rows, in lower case."""
    lines = path.read_text("utf-8").splitlines()[1:]
    fields = [line.lower().split("\t") for line in lines]
    return [
        Row(lang, cat_id, category, subcategory, tuple(synonyms.split("; ")))
        for lang, cat_id, _, category, subcategory, synonyms in fields
    ]


def glossary(rows: Iterable[Row]) -> Iterator[tuple[str, str, str]]:
    """Language, word, English: sorted, each word once in a language."""
    by_lang: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        by_lang[row.lang][row.cat_id] = row
    english = by_lang.pop("en")
    known = _categories_of(english.values(), names=True)
    for lang in sorted(by_lang):
        named = _names(by_lang[lang], english)
        for word, cat_ids in sorted(_categories_of(by_lang[lang].values()).items()):
            said = named.get(word) or _english(cat_ids, english, known)
            if said and said != word:
                yield CODES.get(lang, lang), word, said


def _names(foreign: Mapping[str, Row], english: Mapping[str, Row]) -> dict[str, str]:
    """The names of categories and subcategories, which are translations."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for cat_id, row in foreign.items():
        other = english[cat_id]
        for word, said in ((row.category, other.category), (row.subcategory, other.subcategory)):
            for each in re.split("[、,/]", word):
                if said not in GENERIC:
                    counted[each.strip()][said] += 1
    return {word: found.most_common(1)[0][0] for word, found in counted.items() if word}


def _categories_of(rows: Iterable[Row], names: bool = False) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        said = [*row.synonyms, row.category, row.subcategory] if names else row.synonyms
        own = said if names else [*said, *_split(row.category), *_split(row.subcategory)]
        for word in own:
            if _is_word(word, row.lang):
                found[word].add(row.cat_id)
    return found


def _split(name: str) -> list[str]:
    return [each.strip() for each in re.split("[、,/]", name)]


def _is_word(word: str, lang: str) -> bool:
    if word in GENERIC or not word or re.search(r"[\d()…]|ucs", word):
        return False
    if lang in UNSPACED:
        return len(word) <= LONGEST_CJK and not word.isascii()
    return len(word.split()) <= LONGEST and len(word) > 1


def _english(
    cat_ids: set[str], english: Mapping[str, Row], known: Mapping[str, set[str]]
) -> str | None:
    if len(cat_ids) > MANY:
        return None
    if len(cat_ids) > 1:
        candidates = {word for cat_id in cat_ids for word in _said(english[cat_id])}
        best = max(
            ((2 * len(cat_ids & known[w]) / (len(cat_ids) + len(known[w])), w) for w in candidates),
            default=(0.0, ""),
        )
        if best[0] >= ALIKE:
            return best[1]
    categories = Counter(english[cat_id].category for cat_id in cat_ids)
    category, count = categories.most_common(1)[0]
    if len(cat_ids) > 1:
        return category if count > len(cat_ids) / 2 and category not in GENERIC else None
    row = english[next(iter(cat_ids))]
    return category if row.subcategory in GENERIC else f"{row.subcategory} {category}"


def _said(row: Row) -> list[str]:
    said = [*row.synonyms, row.category, row.subcategory]
    return [word for word in said if _is_word(word, "en")]


def english_too(vocabulary: Iterable[str]) -> list[str]:
    """English words that a glossary would take for its own; the glossaries are written by then."""
    words = sorted({word for word in vocabulary if re.fullmatch("[a-z]{2,}", word)} | BOTH)
    return [
        word
        for word in words
        if word in BOTH
        or (
            not any(folded(word) in glossary_of(lang).words for lang in LATIN)
            and any(is_of(word, lang) for lang in LATIN)
        )
    ]


def main() -> None:
    """Write the glossary, and what it must leave alone."""
    lines = ["\t".join(each) for each in glossary(read(Path(sys.argv[1])))]
    (DATA / "ucs-words.tsv").write_text("\n".join(["lang\tword\tenglish", *lines]) + "\n", "utf-8")
    too = english_too(Path(sys.argv[2]).read_text("utf-8").split())
    (DATA / "english-too.txt").write_text(textwrap.fill(" ".join(too), 100) + "\n", "utf-8")
    print(f"{len(lines):,} words; {len(too):,} of English are left alone")


if __name__ == "__main__":
    main()
