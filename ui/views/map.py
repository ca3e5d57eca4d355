"""The library in two dimensions: hover to hear, draw a line around sounds to list them."""

import streamlit as st

from ui.actions import act, follow, known_roots, summaries
from ui.client import ApiError, Json, api
from ui.components.listing import sound_list
from ui.components.sound_map import sound_map
from ui.listed import row
from ui.trouble import told
from ui.wording import counted

LOOK_S = 2.0
STAGES = {"reading": "Reading what the sounds are like", "placing": "Laying them out"}


def page() -> None:
    """The map, and what was chosen on it."""
    follow()
    st.markdown("## Map")
    with told():
        state = api().get("/map/state")
    if state["state"] != "ready":
        _progress()
    if not state["count"]:
        if state["state"] == "ready":
            st.info("The library is empty: index sounds, and they appear here.")
        return
    st.caption(
        f"{counted(state['count'], 'sound')}. Alike ones lie side by side. Hover to hear, drag to "
        "move, turn the wheel to zoom; hold shift and drag, or press Lasso, to list."
    )
    dark = st.context.theme.type != "light"
    sound_map("map", {"version": state["version"], "dark": dark}, _acted)
    chosen = st.session_state.get("lasso")
    if chosen:
        _chosen(*chosen)


@st.fragment(run_every=LOOK_S)
def _progress() -> None:
    try:
        state = api().get("/map/state")
    except ApiError as error:
        st.caption(str(error))
        return
    if state["state"] == "failed":
        st.error(f"The map could not be made: {state['message']}", icon=":material/error:")
    elif state["state"] == "computing":
        share = state["done"] / state["total"] if state["total"] else 0.0
        st.progress(min(1.0, share), f"{STAGES.get(state['stage'], 'Starting')}…")
    else:
        st.rerun()


def _chosen(ids: tuple[str, ...], count: int) -> None:
    first = f", the first {len(ids):,} are listed" if count > len(ids) else ""
    st.markdown(f"#### {counted(count, 'sound')} chosen{first}")
    rows = [row(each, each, known_roots()) for each in summaries(ids)]
    sound_list("lasso_results", rows, _acted, label="Chosen on the map")


def _acted(event: Json) -> None:
    if event["do"] == "lasso":
        st.session_state.lasso = (tuple(event["ids"]), event["count"])
    elif act(event):
        return
    elif event["do"] in ("similar", "like"):
        st.session_state.similar = event["id"]
    elif event["do"] == "unlike":
        st.toast("Less like what? Search first, and press it there.")
