"""How a search weighs and orders: each control shows what the address says, and changes it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import streamlit as st

from ui.asked import MODES, PAGE, SORTS, Asked

# Of the text beside the sounds; in the middle both count the same.
WEIGHTS = {
    0.125: "only the sound", 0.25: "mostly the sound", 0.5: "rather the sound", 1.0: "both alike",
    2.0: "rather the words", 4.0: "mostly the words", 8.0: "only the words",
}  # fmt: skip

RANKED = {"mode", "weight", "between"}  # strengths are others then


def order_options(asked: Asked) -> None:
    """Order, comparison, takes, variety."""
    st.selectbox("Order", SORTS, format_func=SORTS.__getitem__, **_of("sort", asked, SORTS))
    st.selectbox("Compare", MODES, format_func=MODES.__getitem__, **_of("mode", asked, MODES))
    st.slider(
        "Variety", 0.0, 1.0, step=0.1, format="%.1f",
        help="The more, the less a hit may be like those before it.", **_of("variety", asked),
    )  # fmt: skip
    st.toggle("Takes of one recording as one", **_of("fold", asked))
    st.toggle("Show what does not stand out", **_of("weak", asked))


def blend_options(asked: Asked, clip: bool) -> None:
    """How sounds and words go together, where a search has both, or several sounds.

    Args:
        clip: an uploaded or recorded sound belongs to the search.
    """
    sounds = len(asked.like) + clip
    weighed, between = bool(sounds and asked.words), sounds > 1
    if not (weighed or between):
        return
    with st.container(
        horizontal=True, vertical_alignment="center", gap="large", key="blend", width="stretch"
    ):
        if weighed:
            st.select_slider(
                f"Sound or words: “{asked.words}”", list(WEIGHTS),
                format_func=WEIGHTS.__getitem__, width=420,
                **_of("weight", replace(asked, weight=_nearest(asked.weight))),
            )  # fmt: skip
        if between:
            st.toggle(
                "Between these sounds" if sounds == 2 else "Like every one of these",
                help="On: what resembles each of them. Off: what is near to their mixture.",
                **_of("between", asked),
            )


def _nearest(weight: float) -> float:
    return min(WEIGHTS, key=lambda each: abs(each - weight))


def _of(field: str, asked: Asked, choices: Iterable[str] = ()) -> dict[str, Any]:
    """A control's key, what it shows, and what a change does.

    Where the address says otherwise (a link, the browser's back and forward), the control is a new
    one: the browser makes those of a menu when it opens, of what they are to show then, and keeps
    what an old one showed.
    """
    value = getattr(asked, field)
    turn = st.session_state.get(f"turn_{field}", 0)
    if st.session_state.get(f"asked_{field}{turn}", value) != value:
        turn += 1
        st.session_state[f"turn_{field}"] = turn
    key = f"asked_{field}{turn}"
    shown = {"index": list(choices).index(value)} if choices else {"value": value}
    return {"key": key, **shown, "on_change": _changed, "args": (field, key)}


def _changed(field: str, key: str) -> None:
    wanted = {field: st.session_state[key], "limit": PAGE}
    if field in RANKED:
        wanted["least"] = None
    replace(Asked.from_address(), **wanted).to_address()
