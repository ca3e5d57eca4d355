"""Our component that shows one sound at large."""

from ui.components.mounting import component

stage = component("sound")
