"""How our components are made: markup and style go with the page, scripts are served as modules."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

FRONTEND = Path(__file__).parent.parent / "frontend"
# Streamlit runs this text as a module without an address, so it imports ours by a whole one.
LOADER = """
const loaded = import(new URL("frontend/{name}.js", document.baseURI).href);

export default function (component) {{
  const turn = {{ over: false }};
  loaded.then(({{ mount }}) => {{
    if (!turn.over) turn.close = mount(component);
  }});
  return () => {{
    turn.over = true;
    turn.close?.();
  }};
}}
"""
Acted = Callable[[dict[str, Any]], None]


@lru_cache
def _source(name: str) -> str:
    return (FRONTEND / name).read_text(encoding="utf-8")


def component(name: str) -> Callable[[str, Any, Acted], None]:
    """A component whose parts are ``frontend/NAME.js``, ``.html`` and ``.css``.

    What is returned mounts it: with a key, data, and what to do with the event that its user
    caused, before the page runs again.
    """
    mount = st.components.v2.component(
        f"foundsound_{name}",
        html=_source(f"{name}.html"),
        css=_source(f"{name}.css"),
        js=LOADER.format(name=name),
    )

    def mounted(key: str, data: Any, acted: Acted) -> None:
        def act() -> None:
            event = st.session_state[key].act
            if event:
                acted(event)

        mount(key=key, data=data, on_act_change=act)

    return mounted
