"""What the API offers: pages of what an older one lacks are not shown."""

import streamlit as st

from ui.client import ApiError, api


def offers(path: str) -> bool:
    """True when the API has this route; also while it is away, and the page says so then."""
    try:
        return path in _paths()
    except ApiError:
        return True


@st.cache_data(ttl=300, show_spinner=False)
def _paths() -> frozenset[str]:
    return frozenset(api().get("/openapi.json")["paths"])
