"""Our three components that list: sounds, facets, and what a search is made of."""

from ui.components.mounting import component

results = component("results")
facets = component("facets")
chips = component("chips")
