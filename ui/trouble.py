"""What a page shows when the API refuses or is away: one sentence, and another try."""

import html
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ui.client import ApiError
from ui.wording import plain


@contextmanager
def told(typed: str = "") -> Iterator[None]:
    """Show an :class:`ApiError` of the body, and end the page there.

    Args:
        typed: the query, for errors that name a place in it.
    """
    try:
        yield
    except ApiError as error:
        show(error, typed)
        st.stop()


def show(error: ApiError, typed: str = "") -> None:
    """One sentence, the place in the query if there is one, and a button that tries again."""
    with st.container(border=True, key="trouble"):
        st.markdown(f":material/error: {plain(str(error))}")
        if error.span and typed:
            start, end = error.span
            before, wrong, after = (
                html.escape(part) for part in (typed[:start], typed[start:end], typed[end:])
            )
            st.html(f"<code class='span'>{before}<mark>{wrong or '&nbsp;'}</mark>{after}</code>")
        if error.status not in (404, 422):
            st.button("Try again", icon=":material/refresh:", key="retry")
