"""What the server or its workers have under way."""

import streamlit as st

from ui.client import ApiError, Json, api
from ui.wording import counted, plain


def tell_runs(kind: str, what: str) -> None:
    """How far runs of a kind are; nothing where whoever looks may not know of them.

    Args:
        what: is said of each, ``{model}`` in it is the one that a change leads to.
    """
    for run in _runs(kind):
        done, total = run["progress"]["files_done"], run["progress"]["files_total"]
        far = f"{done:,} of {counted(total, 'sound')}" if total else "about to begin"
        message = f" · {plain(run['progress']['message'])}" if run["progress"]["message"] else ""
        st.caption(f"{what.format(model=plain(run['model'] or 'another model'))}: {far}{message}")


def _runs(kind: str) -> list[Json]:
    try:
        return [run for run in api().get("/index") if run["kind"] == kind]
    except ApiError:
        return []
