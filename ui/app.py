"""The interface's frame: which pages there are. Streamlit runs this for every page and event."""

from pathlib import Path

import streamlit as st

from ui.views import collections, library, search, settings, sound

ICON = str(Path(__file__).parent / "frontend" / "icon.svg")

st.set_page_config(
    page_title="foundsound", page_icon=ICON, layout="wide",
    initial_sidebar_state="auto",
)  # fmt: skip
PAGES = {
    "search": st.Page(search.page, title="Search", icon=":material/search:", default=True),
    "collections": st.Page(
        collections.page, title="Collections", icon=":material/folder_special:",
        url_path="collections",
    ),
    "library": st.Page(
        library.page, title="Library", icon=":material/database:", url_path="library"
    ),
    "settings": st.Page(
        settings.page, title="Settings", icon=":material/tune:", url_path="settings"
    ),
    "sound": st.Page(sound.page, title="Sound", url_path="sound", visibility="hidden"),
}  # fmt: skip
st.session_state.pages = PAGES
st.html(Path(__file__).parent / "frontend" / "page.css")
st.navigation(list(PAGES.values()), position="top").run()
