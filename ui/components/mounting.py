"""How our components are made: markup and style go with the page, scripts are served as modules."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

FRONTEND = Path(__file__).parent.parent / "frontend"
# Streamlit runs this text as a module without an address, so it imports ours by a whole one.
# Of two events on their way to a busy server Streamlit keeps the later one, so each is sent again
# together with the next ones until the page has carried it out.
LOADER = """
const loaded = import(new URL("frontend/{name}.js", document.baseURI).href);
const waiting = new WeakMap();

export default function (component) {{
  const {{ parentElement, data, setTriggerValue }} = component;
  const events = (waiting.get(parentElement) ?? []).filter((each) => each.at > data.done);
  waiting.set(parentElement, events);
  const send = (name, event) => {{
    const before = waiting.get(parentElement);
    const at = Math.max(Date.now(), (before.at(-1)?.at ?? data.done) + 1);
    before.push({{ ...event, at }});
    setTriggerValue(name, [...before]);
  }};
  const turn = {{ over: false }};
  loaded.then(({{ mount }}) => {{
    if (!turn.over) turn.close = mount({{ ...component, data: data.shown, setTriggerValue: send }});
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

    What is returned mounts it: with a key, data, and what to do with each event that its user
    caused, in their order and once, before the page runs again.
    """
    mount = st.components.v2.component(
        f"foundsound_{name}",
        html=_source(f"{name}.html"),
        css=_source(f"{name}.css"),
        js=LOADER.format(name=name),
    )

    def mounted(key: str, data: Any, acted: Acted) -> None:
        done = f"{key} done"  # when the last event was that has been carried out

        def act() -> None:
            for event in st.session_state[key].act or ():
                if event["at"] > st.session_state.get(done, 0):
                    st.session_state[done] = event["at"]
                    acted(event)

        told = {"shown": data, "done": st.session_state.get(done, 0)}
        mount(key=key, data=told, on_act_change=act)

    return mounted
