"""What is searched for: the address of the page says it all, so links and history work."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

import streamlit as st

PAGE = 50
MOST = 1000
SORTS = {
    "relevance": "Relevance",
    "name": "Name",
    "duration": "Shortest first",
    "-duration": "Longest first",
    "-added": "Newest first",
    "-loudness": "Loudest first",
    "loudness": "Quietest first",
}
LEAST_WEIGHT, MOST_WEIGHT = 0.125, 8.0
MOST_LEAST = 1e6
Number = TypeVar("Number", float, None)
MODES = {"hybrid": "Sound and words", "dense": "Sound only", "lexical": "Words only"}
FACETS = ("category", "format", "duration", "folder", "tag", "sample_rate", "channels")
KEYS = (
    "dur", "sr", "ch", "bits", "size", "fmt", "codec", "cat", "desc", "artist", "library", "tag",
    "collection", "lufs", "peak", "bpm", "key", "class", "folder", "root", "name", "state", "added",
    "suggested",
)  # fmt: skip
FILTER = re.compile(rf'(?<!\S)-?(?:{"|".join(KEYS)}):(?:"[^"]*"|[^\s"])+', re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A query as the page's address has it."""

    text: str = ""
    like: tuple[str, ...] = ()  # ids of sounds
    unlike: tuple[str, ...] = ()
    sort: str = "relevance"
    mode: str = "hybrid"
    fold: bool = True
    weak: bool = False
    weight: float = 1.0  # of the text, beside the sounds
    between: bool = False  # like every one of the sounds, not just one
    variety: float = 0.0  # 0 to 1: the more, the less alike
    limit: int = PAGE
    least: float | None = None  # strength of an answer, while it is narrowed down

    @classmethod
    def from_address(cls) -> Self:
        """What the page's address says; what makes no sense there is left out."""
        told = st.query_params
        limit = told.get("n", "")
        return cls(
            text=told.get("q", ""),
            like=tuple(told.get_all("like")),
            unlike=tuple(told.get_all("unlike")),
            sort=told.get("sort", "") if told.get("sort") in SORTS else "relevance",
            mode=told.get("mode", "") if told.get("mode") in MODES else "hybrid",
            fold=told.get("fold") != "0",
            weak=told.get("weak") == "1",
            weight=_number(told.get("weight"), 1.0, LEAST_WEIGHT, MOST_WEIGHT),
            between=told.get("between") == "1",
            variety=_number(told.get("variety"), 0.0, 0.0, 1.0),
            limit=min(int(limit), MOST) if limit.isdecimal() and int(limit) else PAGE,
            least=_number(told.get("least"), None, -MOST_LEAST, MOST_LEAST),
        )

    def to_address(self) -> None:
        """Make it the page's address; the browser's history gets an entry."""
        if self != Asked.from_address():
            st.query_params.from_dict(self.parameters)

    @property
    def parameters(self) -> dict[str, str | list[str]]:
        """The address's parameters: what is as usual is not said."""
        said: dict[str, str | list[str]] = {}
        if self.text:
            said["q"] = self.text
        if self.like:
            said["like"] = list(self.like)
        if self.unlike:
            said["unlike"] = list(self.unlike)
        usual = Asked()
        if self.sort != usual.sort:
            said["sort"] = self.sort
        if self.mode != usual.mode:
            said["mode"] = self.mode
        if not self.fold:
            said["fold"] = "0"
        if self.weak:
            said["weak"] = "1"
        if self.weight != usual.weight:
            said["weight"] = f"{self.weight:g}"
        if self.between:
            said["between"] = "1"
        if self.variety != usual.variety:
            said["variety"] = f"{self.variety:g}"
        if self.limit != usual.limit:
            said["n"] = str(self.limit)
        if self.least is not None:
            said["least"] = repr(self.least)
        return said

    def body(self, facets: Iterable[str] = FACETS) -> dict[str, Any]:
        """The request that asks for it."""
        parts: list[dict[str, Any]] = [{"type": "item", "sound_id": each} for each in self.like]
        parts += [{"type": "item", "sound_id": each, "negative": True} for each in self.unlike]
        return {
            "text": self.text or None,
            "parts": parts,
            "sort": self.sort,
            "mode": self.mode,
            "fold": self.fold,
            "show_weak": self.weak,
            "text_weight": self.weight,
            "combine": "each" if self.between else "blend",
            "diversity": self.variety,
            "limit": self.limit,
            "least": self.least,
            "facets": list(facets),
        }

    @property
    def empty(self) -> bool:
        """True when nothing is asked for."""
        return not (self.text.strip() or self.like or self.unlike)

    @property
    def words(self) -> str:
        """What is typed beside the filters."""
        return " ".join(FILTER.sub("", self.text).split())

    @property
    def filters(self) -> list[str]:
        """The filters that are typed in the text."""
        return FILTER.findall(self.text)

    def has(self, wanted: str) -> bool:
        """True when the text holds this filter, which may be several that belong together."""
        return all(each in self.filters for each in FILTER.findall(wanted))

    def toggled(self, wanted: str, least: float | None = None) -> "Asked":
        """With a filter in place of others of its kind, or without it if it is there.

        Tags are added up: what is counted beside one has the others as well.

        Args:
            least: what was counted is at least as strong, so the filter is to find no weaker ones.
        """
        kind = wanted.partition(":")[0].lower()

        def kept_of(found: re.Match[str]) -> str:
            goes = found[0] == wanted if kind == "tag" else found[0].lower().startswith(f"{kind}:")
            return "" if goes else found[0]

        kept = FILTER.sub(kept_of, self.text)
        added = "" if self.has(wanted) else wanted
        text = " ".join(f"{kept} {added}".split())
        return replace(self, text=text, limit=PAGE, least=least if added else None)

    def without(self, unwanted: str) -> "Asked":
        """Without one of its filters."""
        kept = FILTER.sub(lambda found: "" if found[0] == unwanted else found[0], self.text)
        return replace(self, text=" ".join(kept.split()), limit=PAGE, least=None)

    def liking(self, sound_id: str) -> "Asked":
        """With a sound that is wanted too."""
        unlike = tuple(each for each in self.unlike if each != sound_id)
        like = (*self.like, sound_id)
        return replace(self, like=like, unlike=unlike, limit=PAGE, least=None)

    def unliking(self, sound_id: str) -> "Asked":
        """With a sound that is unwanted."""
        like = tuple(each for each in self.like if each != sound_id)
        unlike = (*self.unlike, sound_id)
        return replace(self, unlike=unlike, like=like, limit=PAGE, least=None)


def _number(told: str | None, usual: Number, least: float, most: float) -> float | Number:
    try:
        number = float(told or "")
    except ValueError:
        return usual
    return number if least <= number <= most else usual
