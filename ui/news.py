"""Draws a page anew once what it shows has changed; what is typed and not yet sent stays."""

from collections.abc import Callable

import streamlit as st

from ui.client import ApiError

LOOK_S = 2.0


def redraw_on_news(name: str, look: Callable[[], object]) -> None:
    """Look every two seconds; to be called before the page asks for what it shows.

    Args:
        name: of this look, one of a page.
        look: a small answer that differs once there is news, or None to leave the page be.
    """
    st.session_state[f"{name} news"] = None
    _watch(name, look)


@st.fragment(run_every=LOOK_S)
def _watch(name: str, look: Callable[[], object]) -> None:
    try:
        now = look()
    except ApiError:
        return  # the parts of the page say so
    before = st.session_state.get(f"{name} news")
    if now is None or now == before:
        return
    st.session_state[f"{name} news"] = now
    if before is not None:
        st.rerun()
