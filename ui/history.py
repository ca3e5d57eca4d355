"""One step of the browser's back for one change of page."""

import streamlit as st

# Streamlit enters a change of page in two steps, the new query under the old path and then the new
# path: the first is no page that anybody has seen, so the second takes its place.
SCRIPT = """
const KNOWN = Symbol.for("foundsound one entry");

export default function () {
  if (history[KNOWN]) return;
  history[KNOWN] = true;
  const push = history.pushState;
  history.pushState = function (state, unused, url) {
    const to = new URL(url ?? "", location.href);
    const halfway = to.search && to.search === location.search && to.pathname !== location.pathname;
    (halfway ? history.replaceState : push).call(history, state, unused, url);
  };
}
"""
KEY = "one_entry"
_mount = st.components.v2.component("foundsound_history", js=SCRIPT)


def one_entry() -> None:
    """Have the browser's history get one entry, from now on, where the page is switched."""
    st.html(f"<style>.st-key-{KEY} {{ display: none; }}</style>")
    _mount(key=KEY)
