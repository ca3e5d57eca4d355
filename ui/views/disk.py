"""What takes up room on the server's drive."""

import streamlit as st

from ui.client import api
from ui.wording import size

PARTS = {
    "files_bytes": "The sounds themselves, untouched",
    "vectors_bytes": "Vectors",
    "catalogue_bytes": "Catalogue",
    "media_bytes": "Renditions, waveforms, spectrograms",
    "map_bytes": "Map",
    "models_bytes": "Converted models",
}


def disk() -> None:
    """Each part, and what is free."""
    told = api().get("/disk")
    for name, what in PARTS.items():
        if told.get(name):
            st.markdown(f"**{size(told[name])}** &nbsp; {what}")
    st.caption(f"{size(told['free_bytes'])} free beside `{told['data_dir']}`.")
