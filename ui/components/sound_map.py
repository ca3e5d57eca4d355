"""Our component that shows the library in two dimensions."""

from ui.components.mounting import component

sound_map = component("map")
