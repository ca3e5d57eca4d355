"""What can be done with sounds in any list: the list's events, carried out."""

from itertools import count
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from ui.asked import Asked
from ui.client import ApiError, Json, api
from ui.clip import drop_clip
from ui.history import one_entry
from ui.settings import settings_from_environment

MOST_SUMMARIES = 1000
_edits = count(1)  # of all sessions: answers are kept for all of them
LASTING_S = 120  # what others change is seen after so long, what one changes oneself at once


def follow() -> None:
    """Go where the event before leads: to a sound, or to those that are similar."""
    one_entry()
    opened = st.session_state.pop("opened", None)
    if opened:
        st.switch_page(st.session_state.pages["sound"], query_params={"id": opened})
    similar = st.session_state.pop("similar", None)
    if similar:
        drop_clip()
        wanted = Asked(like=(similar,)).parameters
        st.switch_page(st.session_state.pages["search"], query_params=wanted)


def to_similar(sound_id: str) -> None:
    """Have :func:`follow` go to the sounds that are like this one."""
    st.session_state.similar = sound_id


def edited() -> None:
    """What was asked before is asked anew: something has changed."""
    st.session_state.edits = next(_edits)


def summaries(ids: tuple[str, ...]) -> list[Json]:
    """What lists show of sounds: category, tags, mark; empty where the API does not say."""
    return _summaries(ids, st.session_state.get("edits", 0)) if ids else []


@st.cache_data(ttl=20, max_entries=64, show_spinner=False)
def _summaries(ids: tuple[str, ...], edits: int) -> list[Json]:
    found: list[Json] = []
    for start in range(0, len(ids), MOST_SUMMARIES):
        found += api().send(
            "POST", "/sounds/summaries", {"ids": ids[start : start + MOST_SUMMARIES]}
        )
    return found


def known_roots() -> list[str]:
    """Folders that are indexed; paths are shown without them."""
    return _roots(st.session_state.get("edits", 0))


@st.cache_data(ttl=LASTING_S, max_entries=8, show_spinner=False)
def _roots(edits: int) -> list[str]:
    # Asked for rarely: it counts every root's files.
    return [str(root["path"]) for root in api().get("/roots")]


def known_collections() -> list[Json]:
    """Every collection."""
    return _collections(st.session_state.get("edits", 0))


@st.cache_data(ttl=20, max_entries=8, show_spinner=False)
def _collections(edits: int) -> list[Json]:
    collections: list[Json] = api().get("/collections")
    return collections


def act(event: dict[str, Any]) -> bool:
    """Carry out what the user did in a list; False if it is none of what every list can do."""
    doing = {
        "favourite": lambda: _edit([event["id"]], favourite=bool(event.get("on"))),
        "favourites": lambda: _edit(event["ids"], favourite=True),
        "collect": lambda: _collect(event),
        "export": lambda: _export(event["ids"], str(event["kind"])),
        "open": lambda: _open(event["id"]),
    }.get(event["do"])
    if doing is None:
        return False
    try:
        doing()
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
    return True


def _edit(ids: list[str], **changes: Any) -> None:
    api().send("PATCH", "/sounds", {"ids": ids, **changes})
    edited()
    if len(ids) > 1:
        st.toast(f"{len(ids)} sounds changed")


def _collect(event: dict[str, Any]) -> None:
    ids = event["ids"]
    if name := event.get("name"):
        made = api().send("POST", "/collections", {"name": name, "ids": ids})
    else:
        made = api().send("POST", f"/collections/{event['collection']}/items", {"ids": ids})
    edited()
    st.toast(f"{len(ids)} in “{made['name']}”", icon=":material/folder_special:")


def _export(ids: list[str], kind: str) -> None:
    """Name the sounds to the API; the list then has the browser fetch what was asked for."""
    made = api().send("POST", "/selection", {"ids": ids})
    query = [("format", kind), *(("map", pair) for pair in settings_from_environment().paths.pairs)]
    st.session_state.fetch = f"selection/{made['selection_id']}?{urlencode(query)}"


def to_fetch() -> str:
    """What the list shall have the browser fetch now, once."""
    return str(st.session_state.pop("fetch", ""))


def _open(sound_id: str) -> None:
    st.session_state.opened = sound_id
