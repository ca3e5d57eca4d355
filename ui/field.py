"""A field that keeps what is entered at once; what an API that is away did not take is not lost."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.client import ApiError

LATER = (408, 429)  # of those below 500: the same may be taken another time
Keep = Callable[[Any, Any], None]  # what the field showed, and what was made of it


def field(key: str, value: Any, keep: Keep) -> dict[str, Any]:
    """A field's key, set to what the library has, and what a change does."""
    state = st.session_state
    if f"{key} waiting" in state:  # not a field's own value: Streamlit forgets those unshown
        entered = state[f"{key} waiting"]
        value = entered if _keep(key, entered, keep) else value
    if state.get(key) != value:
        state[key] = value
    if f"{key} waiting" not in state:
        state[f"{key} had"] = value
    return {"key": key, "on_change": lambda: _keep(key, state[key], keep)}


def _keep(key: str, entered: Any, keep: Keep) -> bool:
    """False if it is refused for good; what has to wait is tried again when the page is shown."""
    state = st.session_state
    state.pop(f"{key} waiting", None)
    if entered == state[f"{key} had"]:
        return True
    try:
        keep(state[f"{key} had"], entered)
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
        if 400 <= error.status < 500 and error.status not in LATER:
            return False
        state[f"{key} waiting"] = entered
    else:
        state[f"{key} had"] = entered
    return True
