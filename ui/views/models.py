"""Models that have vectors in the library, and the change from one to another."""

import streamlit as st

from ui.client import ApiError, api
from ui.under_way import tell_runs
from ui.wording import counted, plain

OFFERED = (
    "starter", "starter-bridge", "laion/clap-htsat-unfused", "laion/larger_clap_general",
    "laion/larger_clap_music_and_speech",
)  # fmt: skip


def models() -> None:
    """Which there are, which is in use, how far a change has come."""
    spaces = api().get("/spaces")
    for space in spaces:
        whole = space["sounds"] + space["lacking"]
        mark = " &nbsp; :green-badge[in use]" if space["active"] else ""
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            with st.container():
                st.markdown(f"**{plain(space['model'])}**{mark}")
                st.caption(f"{counted(space['sounds'], 'sound')} · {space['dim']} dimensions")
                if space["lacking"]:
                    st.progress(space["sounds"] / whole, f"{space['lacking']:,} to go")
            if not space["active"]:
                st.button(
                    "Drop its vectors", key=f"drop {space['key']}",
                    on_click=_drop, args=(space["key"],),
                )  # fmt: skip
    tell_runs("switch", "Changing to **{model}**")
    used = {space["model"] for space in spaces if space["active"]}
    others = [name for name in OFFERED if name not in used]
    with (
        st.form("switch", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        wanted = st.selectbox("Change to", others, accept_new_options=True, key="model")
        keep = st.toggle("Keep the old vectors", key="keep_old")
        if st.form_submit_button("Change over") and wanted:
            _switch(wanted, keep)
    st.caption(
        "Everything is embedded with the new model while the old one goes on answering. A CLAP "
        "model may have to be fetched first."
    )


def _switch(model: str, keep: bool) -> None:
    try:
        api().send("POST", "/spaces", {"model": model, "keep": keep})
        st.toast(f"Embedding everything with {model}", icon=":material/model_training:")
    except ApiError as error:
        st.error(str(error))


def _drop(key: str) -> None:
    try:
        api().send("DELETE", f"/spaces/{key}")
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
