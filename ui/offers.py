"""What the API offers: pages of what an older one lacks are not shown."""

import streamlit as st

from ui.client import ApiError, api


def offers(path: str) -> bool:
    """True when the API has this route; False as well while it is away."""
    return path in _paths()


def _paths() -> frozenset[str]:
    try:
        return _asked()
    except ApiError:
        return frozenset()


@st.cache_data(ttl=300, show_spinner=False)
def _asked() -> frozenset[str]:
    return frozenset(api().get("/openapi.json")["paths"])
