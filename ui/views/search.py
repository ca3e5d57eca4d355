"""The first page: a query line, what narrows it down, and what was found."""

import json
from dataclasses import replace
from typing import Any

import streamlit as st

from ui.actions import act, follow, known_roots, summaries
from ui.asked import MOST, PAGE, Asked
from ui.client import ApiError, Json, api
from ui.clip import Clip, clip, clip_menu, drop_clip
from ui.components.listing import chips, facets, sound_list
from ui.listed import row
from ui.trouble import told
from ui.views.search_options import blend_options, order_options
from ui.wording import plain, read_as

TITLES = {
    "category": "Category", "format": "Format", "duration": "Length", "folder": "Folder",
    "tag": "Tag", "sample_rate": "Sample rate", "channels": "Channels",
}  # fmt: skip
UNFIT = (400, 413, 422)  # what the API says of a clip that is none
NEWEST = 8
EXAMPLES = (
    "rain on a tin roof, no thunder",
    "footsteps on gravel dur:<10",
    "old wooden door creaks open",
    "whoosh, metallic",
    "crowd murmur in a large hall",
    "cat:doors fmt:wav",
)


def page() -> None:
    """Ask, narrow down, listen."""
    follow()
    asked = Asked.from_address()
    # A link, the browser's back and forward; or another page was shown, and the line forgotten.
    if st.session_state.get("shown") != asked.text or "q" not in st.session_state:
        st.session_state.q = st.session_state.shown = asked.text
    _line(asked)
    if refused := st.session_state.pop("refused", ""):
        st.error(plain(refused), icon=":material/error:")
    given = clip()
    _chips(asked, given)
    blend_options(asked, given is not None)
    if asked.empty and given is None:
        _welcome()
        return
    with told(asked.text):
        try:
            found = _search(asked, given, st.session_state.get("edits", 0))
        except ApiError as error:
            if given is not None and error.status in UNFIT and error.span is None:
                _refuse(error)
            raise
    _found(asked, found)  # first: the browser shows what has come while the rest is on its way
    _sidebar(asked, found)


def _line(asked: Asked) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="line"):
        st.text_input(
            "Search", key="q", label_visibility="collapsed", icon=":material/search:",
            placeholder="Describe a sound, or filter: rain, no thunder dur:2..10 fmt:wav",
            on_change=_typed,
        )  # fmt: skip
        with st.popover("Use a sound", icon=":material/mic:", key="clip_menu"):
            clip_menu()
        with st.popover("Options", icon=":material/tune:", key="options"):
            order_options(asked)


def _typed() -> None:
    typed = st.session_state.q.strip()
    asked = Asked.from_address()
    replace(asked, text=typed, limit=PAGE, least=None, weak=False).to_address()
    st.session_state.shown = Asked.from_address().text


def _refuse(error: ApiError) -> None:
    """Go on without the clip, and say why."""
    st.session_state.refused = str(error)
    drop_clip()
    st.rerun()


def _chips(asked: Asked, given: Clip | None) -> None:
    names = {each["sound_id"]: each for each in summaries((*asked.like, *asked.unlike))}
    shown = [{"kind": "filter", "text": each, "what": each} for each in asked.filters]
    for kind, ids, verb in (("like", asked.like, "Like"), ("unlike", asked.unlike, "Not like")):
        for each in ids:
            path = str(names.get(each, {}).get("path", each))
            shown.append({"kind": kind, "text": f"{verb} {path.split('/')[-1]}", "what": each})
    if given is not None:
        shown.append({"kind": "like", "text": f"Like {given[0]}", "what": "clip"})
    if not asked.fold:
        shown.append({"kind": "option", "text": "Every take", "what": "fold"})
    if asked.weak:
        shown.append({"kind": "option", "text": "Also what does not stand out", "what": "weak"})
    if shown:
        chips("chips", {"chips": shown}, _drop)


def _drop(event: dict[str, Any]) -> None:
    asked, what = Asked.from_address(), str(event["what"])
    if what == "clip":
        drop_clip()
    elif event["kind"] == "filter":
        asked.without(what).to_address()
    elif event["kind"] == "option":
        fold, weak = asked.fold or what == "fold", asked.weak and what != "weak"
        replace(asked, fold=fold, weak=weak, limit=PAGE).to_address()
    else:
        replace(
            asked,
            like=tuple(each for each in asked.like if each != what),
            unlike=tuple(each for each in asked.unlike if each != what),
            least=None,
        ).to_address()


def _welcome() -> None:
    with st.container(key="welcome"):
        st.markdown("# Describe a sound, and hear it")
        st.markdown(
            "Say it as you would to a colleague. Filters go in the same line; a sound of your own "
            "finds others like it."
        )
        chips(
            "examples",
            {"chips": [{"kind": "example", "text": each} for each in EXAMPLES]},
            lambda event: Asked(text=str(event["text"])).to_address(),
        )
        with st.container(key="keys"):
            st.caption(
                "↑ ↓ walk and listen · space plays · ← → seek · f favourite · s similar · x select"
            )
    newest = replace(Asked(), text="dur:>0", sort="-added", limit=NEWEST)
    with told():
        found = _search(newest, None, st.session_state.get("edits", 0))
        hits = found["hits"]
        if hits:
            st.markdown("#### New in the library")
        elif found["nothing"]:
            _empty(found["nothing"])
        _rows(hits, "New in the library", more=False)


def _empty(why: str) -> None:
    st.info(
        f"{why} Folders are added, and looked after, on the Library page.",
        icon=":material/create_new_folder:",
    )
    st.page_link(st.session_state.pages["library"], label="Library", icon=":material/database:")


def _rows(hits: list[Json], label: str, more: bool) -> None:
    known = {each["sound_id"]: each for each in summaries(tuple(hit["sound_id"] for hit in hits))}
    roots = known_roots()
    rows = [row(hit, known.get(hit["sound_id"], {}), roots) for hit in hits]
    sound_list("results", rows, _acted, label=label, more=more, focus=True)


@st.cache_data(ttl=20, max_entries=64, show_spinner=False)
def _search(asked: Asked, given: Clip | None, edits: int) -> Json:
    """The same question again, after a click in the list, is not asked again."""
    if given is None:
        found: Json = api().send("POST", "/search", asked.body())
    else:
        form = {"query": json.dumps(asked.body())}
        found = api().send("POST", "/search/audio", files=[given], form=form)
    return found


def _sidebar(asked: Asked, found: Json) -> None:
    counted = found["facets"]
    shown = [
        {
            "title": TITLES[facet["name"]],
            "values": [{**value, "on": asked.has(value["filter"])} for value in facet["values"]],
        }
        for facet in counted["facets"]
        if facet["values"]
    ]
    with st.sidebar:
        if shown:
            facets(
                "facets",
                {"facets": shown},
                lambda event: (
                    Asked.from_address().toggled(event["filter"], counted["least"]).to_address()
                ),
            )
        if counted["sounds"] and not counted["complete"]:
            st.caption(f"Counted: the {counted['sounds']:,} most relevant sounds.")


def _found(asked: Asked, found: Json) -> None:
    hits = found["hits"]
    if not hits and found["nothing"]:
        _empty(found["nothing"])
    elif not hits:
        _nothing(asked, found)
    elif not found["answered"]:
        st.info(
            "Nothing in the library stands out for this. The nearest are shown all the same.",
            icon=":material/hearing:",
        )
    else:
        several = "sound" if len(hits) == 1 else "sounds"
        best = " best" if found["cursor"] else ""
        told = [f"{len(hits)}{best} {several}", f"{found['took_ms']:.0f} ms", found["model"]]
        st.caption(" · ".join([*told, *read_as(found)]))
    more = bool(found["cursor"]) and asked.limit < MOST
    _rows(hits, f"Found: {asked.text or 'by example'}", more)


def _nothing(asked: Asked, found: Json) -> None:
    with st.container(border=True, key="nothing"):
        if asked.filters and found["answered"]:
            st.markdown("**No sound fits all of this.** Take out a filter above.")
        elif asked.filters:
            st.markdown(
                "**Nothing that fits the filters stands out for this.** Take one out above, or say "
                "it in other words."
            )
        else:
            st.markdown(
                "**Nothing in the library stands out for this.** Say it in other words, or "
                "what it is instead of how it feels."
            )
        if read := read_as(found):
            st.caption(" · ".join(read))
        if not (asked.weak or found["answered"]):
            st.button(
                "Show the nearest all the same", key="weak", type="tertiary",
                on_click=lambda: replace(Asked.from_address(), weak=True).to_address(),
            )  # fmt: skip


def _acted(event: dict[str, Any]) -> None:
    if act(event):
        return
    asked = Asked.from_address()
    if event["do"] == "more":
        replace(asked, limit=min(MOST, asked.limit + PAGE)).to_address()
    elif event["do"] == "takes":
        replace(asked, fold=False).to_address()
    elif event["do"] == "similar":
        drop_clip()
        Asked(like=(event["id"],), sort=asked.sort, fold=asked.fold).to_address()
    elif event["do"] == "like":
        asked.liking(event["id"]).to_address()
    elif event["do"] == "unlike":
        asked.unliking(event["id"]).to_address()
