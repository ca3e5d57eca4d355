"""The interface's frame: which pages there are. Streamlit runs this for every page and event."""

from pathlib import Path

import streamlit as st

from ui.offers import offers
from ui.trouble import told
from ui.views import alerts, classify, collections, library, search, settings, sound
from ui.views import map as map_

FRONTEND = Path(__file__).parent / "frontend"

st.set_page_config(
    page_title="foundsound",
    page_icon=str(FRONTEND / "icon.svg"),
    layout="wide",
    initial_sidebar_state="auto",
)
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
if offers("/map"):
    PAGES["map"] = st.Page(map_.page, title="Map", icon=":material/scatter_plot:", url_path="map")
if offers("/classify"):
    PAGES["classify"] = st.Page(
        classify.page, title="Classify", icon=":material/category:", url_path="classify"
    )
if offers("/alerts"):
    PAGES["alerts"] = st.Page(
        alerts.page, title="Alerts", icon=":material/notifications:", url_path="alerts"
    )
ORDER = ("search", "map", "collections", "library", "classify", "alerts", "settings", "sound")
st.session_state.pages = PAGES
st.html(FRONTEND / "page.css")
page = st.navigation([PAGES[name] for name in ORDER if name in PAGES], position="top")
with told():
    page.run()
