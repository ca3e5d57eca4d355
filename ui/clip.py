"""A sound of one's own to search by, uploaded or recorded: the one given last."""

from dataclasses import replace

import streamlit as st

from ui.asked import Asked

Clip = tuple[str, bytes]  # its name, its file
UPLOAD, RECORD = "upload", "record"


def clip() -> Clip | None:
    """What was given, if anything."""
    given: Clip | None = st.session_state.get("clip")
    return given


def clip_menu() -> None:
    """The two fields that take one."""
    st.caption("Find sounds like one that you have, or that you make.")
    st.file_uploader(
        "Upload a sound", key=_key(UPLOAD), max_upload_size=256,
        on_change=_given, args=(UPLOAD, RECORD),
    )  # fmt: skip
    st.audio_input(
        "Record a sound", key=_key(RECORD), sample_rate=48000,
        on_change=_given, args=(RECORD, UPLOAD),
    )  # fmt: skip


def drop_clip() -> None:
    """Forget the sound that was given, and empty the two fields that took it."""
    st.session_state.pop("clip", None)
    _empty(UPLOAD)
    _empty(RECORD)


def _given(field: str, other: str) -> None:
    given = st.session_state[_key(field)]
    if given is None:
        st.session_state.pop("clip", None)
    else:
        name = given.name if field == UPLOAD else "Recording"
        st.session_state.clip = (name, given.getvalue())
        _empty(other)  # so that what the menu shows is what counts
    replace(Asked.from_address(), least=None).to_address()


def _key(field: str) -> str:
    return f"{field}{st.session_state.get(f'{field}_turn', 0)}"


def _empty(field: str) -> None:
    """A new key makes it a new field."""
    st.session_state[f"{field}_turn"] = st.session_state.get(f"{field}_turn", 0) + 1
