"""Sounds that lie at several places, or are one to the ear. Nothing is ever deleted."""

import streamlit as st

from ui.client import ApiError, Json, api
from ui.news import LOOK_S
from ui.under_way import tell_runs
from ui.wording import counted, plain, size

KINDS = {"exact": "The same bytes", "near": "The same to the ear"}
SHOWN = 50


def duplicates() -> None:
    """Groups, those first that take up most for nothing."""
    kind = st.segmented_control(
        "Kind", list(KINDS), default="exact", required=True, format_func=KINDS.__getitem__,
        key="kind", label_visibility="collapsed",
    )  # fmt: skip
    found = api().get("/duplicates", kind=kind, limit=SHOWN)
    _comparing()
    if kind == "near" and found["uncompared"]:
        st.caption(f"{counted(found['uncompared'], 'sound')} not compared yet.")
        st.button("Compare them", key="compare", on_click=_compare)
    if not found["groups"]:
        st.caption("None found.")
    for group in found["groups"]:
        _group(group)
    if found["total"] > len(found["groups"]):
        st.caption(f"The first {SHOWN} of {found['total']:,} groups.")


@st.fragment(run_every=LOOK_S)
def _comparing() -> None:
    tell_runs("comparison", "Comparing")


def _group(group: Json) -> None:
    paths = [(sound, path) for sound in group["sounds"] for path in sound["paths"]]
    with st.expander(
        f"{len(paths)} files, {size(group['spare_bytes'])} to spare · {plain(paths[0][1])}"
    ):
        for sound, path in paths:
            st.markdown(f"[{plain(path.split('/')[-1])}](sound?id={sound['sound_id']})")
            st.caption(
                f"`` {path} `` · {sound['codec'] or sound['format']} · {size(sound['size_bytes'])}"
            )


def _compare() -> None:
    try:
        api().send("POST", "/duplicates")
        st.toast("Comparing; this takes a while", icon=":material/graphic_eq:")
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
