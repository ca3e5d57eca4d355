"""One sound: heard, seen, described, and what people say of it."""

import html
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui.actions import act, follow, known_roots, summaries
from ui.asked import Asked
from ui.client import ApiError, Json, api
from ui.components.listing import sound_list
from ui.components.stage import stage
from ui.listed import row, shortened, specification
from ui.trouble import told
from ui.views.user_data import user_data
from ui.wording import plain, size

SIMILAR = 12
FIELDS = (
    "title", "description", "category", "subcategory", "keywords", "originator", "library",
    "project", "scene", "take", "date", "bpm", "key", "comment",
)  # fmt: skip


def page() -> None:
    """All that is known of the sound that the address names."""
    follow()
    sound_id = st.query_params.get("id", "")
    _follow_unlike(sound_id)
    if not sound_id:
        st.info("Open a sound from the search page: Enter, or a click on its name.")
        st.page_link(st.session_state.pages["search"], label="Search", icon=":material/search:")
        return
    with told():
        sound = api().get(f"/sounds/{sound_id}")
    _head(sound)
    _stage(sound)
    facts, said = st.columns([3, 2], gap="large")
    with facts:
        _metadata(sound)
        _places(sound)
    with said:
        user_data(sound)
    _near(sound)
    _similar(sound)


def _head(sound: Json) -> None:
    path = str(sound["paths"][0]) if sound["paths"] else sound["sound_id"]
    name, folder = path.split("/")[-1], path.rpartition("/")[0]
    st.markdown(f"## {plain(name)}")
    facts = [
        specification(sound),
        f"{sound['bit_depth']} bit" if sound["bit_depth"] else "",
        shortened(folder, known_roots()),
        "offline" if sound["offline"] else "",
    ]
    st.caption(" · ".join(plain(fact) for fact in facts if fact))
    if sound["state"] == "failed":
        st.error(sound["error"] or "This sound could not be indexed.", icon=":material/error:")


def _stage(sound: Json) -> None:
    if sound["duration_s"] is None or not sound["paths"]:
        return
    windows = _windows(sound["sound_id"])
    track = row({**sound, "path": sound["paths"][0]}, {}, known_roots())
    data = {
        "track": track,
        "windows": windows,
        "theme": st.context.theme.type or "dark",
    }
    stage("stage", data, lambda _: None)


def _windows(sound_id: str) -> list[Json]:
    try:
        told = api().get(f"/sounds/{sound_id}/windows")
    except ApiError:
        return []
    listed = told["windows"] if isinstance(told, Mapping) else told
    return [
        {"start": each["start_s"], "end": each["end_s"], "text": _texts(each)} for each in listed
    ]


def _texts(window: Mapping[str, Any]) -> str:
    texts = window.get("texts") or window.get("tags") or ()
    return ", ".join(str(each["text"] if isinstance(each, Mapping) else each) for each in texts)


def _metadata(sound: Json) -> None:
    said: Json = sound["metadata"] or {}
    heard: Json = sound["analysis"] or {}
    rows = [(name.capitalize(), said.get(name)) for name in FIELDS]
    rows += [
        ("Loudness", _unit(heard.get("loudness_lufs"), "LUFS")),
        ("True peak", _unit(heard.get("true_peak_dbtp"), "dBTP")),
        ("Class", heard.get("sound_class")),
        ("Heard tempo", _unit(heard.get("bpm"), "bpm")),
        ("Heard key", heard.get("key")),
        ("Brightness", _unit(heard.get("brightness_hz"), "Hz")),
        ("Onsets", heard.get("onsets")),
        ("Codec", sound["codec"]),
        ("Size", size(sound["size_bytes"])),
        ("Added", str(sound["added_at"])[:16].replace("T", " ")),
    ]
    st.markdown("#### What is known")
    _table(rows)
    extra = sound["metadata"] and said.get("extra")
    if extra:
        with st.expander(f"Everything in the file ({len(extra)})"):
            _table(sorted(extra.items()))
    if sound["imported"]:
        st.caption(f"Completed from {sound['imported']['source']}.")


def _places(sound: Json) -> None:
    st.markdown("#### Where it lies" if len(sound["paths"]) < 2 else "#### Where its copies lie")
    for path in sound["paths"]:
        st.code(path, language=None, wrap_lines=True)


def _near(sound: Json) -> None:
    """The same recording, coded or trimmed otherwise."""
    rows = [row(each, each, known_roots()) for each in summaries(tuple(sound["near_duplicates"]))]
    if rows:
        st.markdown("#### The same to the ear")
        sound_list("near", rows, _acted, label="The same to the ear")


def _similar(sound: Json) -> None:
    if sound["state"] != "indexed":
        return
    st.markdown("#### Similar sounds")
    try:
        body = Asked(like=(sound["sound_id"],), limit=SIMILAR, weak=True).body(facets=())
        hits = api().send("POST", "/search", body)["hits"]
    except ApiError as error:
        st.caption(str(error))
        return
    more = {each["sound_id"]: each for each in summaries(tuple(hit["sound_id"] for hit in hits))}
    rows = [row(hit, more.get(hit["sound_id"], {}), known_roots()) for hit in hits]
    sound_list("similar_results", rows, _acted, label="Similar sounds")


def _acted(event: Json) -> None:
    if act(event):
        return
    if event["do"] in ("similar", "like"):
        st.session_state.similar = event["id"]
    elif event["do"] == "unlike":
        st.session_state.unlike = event["id"]


def _follow_unlike(sound_id: str) -> None:
    """What is like this sound, and not like the one that was pressed."""
    unlike = st.session_state.pop("unlike", None)
    if unlike and sound_id:
        wanted = Asked(like=(sound_id,), unlike=(unlike,)).parameters
        st.switch_page(st.session_state.pages["search"], query_params=wanted)


def _table(rows: list[tuple[str, Any]]) -> None:
    shown = [
        (name, "; ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in rows
        if value not in (None, "", [])
    ]
    lines = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in shown
    )
    st.html(f"<dl class='facts'>{lines}</dl>")


def _unit(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{value:,.1f} {unit}".replace(".0 ", " ")
