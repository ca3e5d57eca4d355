"""Our components that list: sounds, facets, and what a search is made of."""

from ui.actions import known_collections, to_fetch
from ui.client import Json
from ui.components.mounting import Acted, component

facets = component("facets")
chips = component("chips")
_results = component("results")


def sound_list(
    key: str,
    rows: list[Json],
    acted: Acted,
    *,
    label: str = "Sounds",
    more: bool = False,
    focus: bool = False,
    removable: bool = False,
    ordered: bool = False,
) -> None:
    """Sounds to hear and to choose from.

    Args:
        rows: as :func:`ui.listed.row` makes them.
        acted: what to do with its events; :func:`ui.actions.act` does what every list can.
        label: what they are, for screen readers.
        more: there are more, and a button asks for them.
        focus: the cursor goes to the query line when the page opens.
        removable: chosen ones can be taken out of what is listed.
        ordered: rows can be dragged to another place.
    """
    data = {
        "rows": rows,
        "label": label,
        "collections": known_collections(),
        "more": more,
        "focus": focus,
        "removable": removable,
        "ordered": ordered,
        "fetch": to_fetch(),
    }
    _results(key, data, acted)
