"""What the interface is connected to, its keys, its looks."""

import streamlit as st

from ui.client import ApiError, api
from ui.settings import settings_from_environment
from ui.wording import plain

KEYS = {
    "↑ ↓": "walk through the list and listen",
    "space": "play, pause",
    "← →": "two seconds back, on",
    "Enter": "open the sound",
    "f": "favourite",
    "s": "similar sounds",
    "x": "select; Esc lets go of all",
    "l": "loop",
    "Alt ↑ ↓": "in a collection: move the sound",
}


def page() -> None:
    """Connection, keys, looks."""
    st.markdown("## Settings")
    settings = settings_from_environment()
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Connection")
        _connection(settings.api_url)
        may = "may" if settings.api_token else "may not"
        st.caption(f"This interface {may} index, watch folders and change the model.")
        st.markdown("#### Looks")
        st.caption("Dark or light, as your system is.")
        st.markdown("#### Where settings are")
        st.caption(
            "Everything is set by `FOUNDSOUND_*` variables when foundsound starts; the README "
            "lists them. What you tag, note and collect lies in the library."
        )
    with right:
        st.markdown("#### Keys")
        for key, what in KEYS.items():
            st.markdown(f"`{key}` &nbsp; {what}")


def _how(error: ApiError) -> str:
    if error.status in (401, 403):
        return "refuses"
    return "trouble" if error.status else "away"


def _connection(url: str) -> None:
    try:
        stats = api().get("/stats")
    except ApiError as error:
        st.markdown(f":red-badge[{_how(error)}] {url}")
        st.caption(plain(str(error)))
        return
    st.markdown(f":green-badge[connected] {url}")
    st.caption(f"Model {stats['model']}, {stats['sounds']:,} sounds. [API]({url}/docs)")
