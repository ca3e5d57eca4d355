"""Collections: named, ordered choices of sounds."""

import streamlit as st

from ui.actions import act, edited, follow, known_roots, summaries
from ui.client import ApiError, Json, api
from ui.components.listing import sound_list
from ui.listed import row
from ui.trouble import told
from ui.wording import counted


def page() -> None:
    """All collections, and the one that is chosen."""
    follow()
    with told():
        collections: list[Json] = api().get("/collections")
        chosen = _chosen(collections)
        with st.sidebar:
            st.markdown("#### Collections")
            for each in collections:
                st.button(
                    f"{each['name']} · {each['sounds']}", key=f"collection{each['id']}",
                    type="primary" if each["id"] == chosen else "tertiary",
                    on_click=_choose, args=(each["id"],),
                )  # fmt: skip
            _new()
        if not collections:
            st.markdown("## Collections")
            st.info(
                "None yet. On the search page, tick sounds and choose *Add to collection*: a "
                "shortlist for a scene, the hits of a trailer, what a client has approved.",
                icon=":material/folder_special:",
            )
        elif chosen is not None:
            _collection(api().get(f"/collections/{chosen}"))


def _chosen(collections: list[Json]) -> int | None:
    told_id = st.query_params.get("id", "")
    ids = [each["id"] for each in collections]
    if told_id.isdecimal() and int(told_id) in ids:
        return int(told_id)
    return ids[0] if ids else None


def _choose(collection_id: int) -> None:
    st.query_params["id"] = str(collection_id)


def _new() -> None:
    with st.form("new_collection", clear_on_submit=True, border=False):
        name = st.text_input("New collection", placeholder="Trailer hits", key="new_name")
        if st.form_submit_button("Make it") and name.strip():
            made = api().send("POST", "/collections", {"name": name.strip()})
            edited()
            st.query_params["id"] = str(made["id"])
            st.rerun()


def _collection(collection: Json) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="collection_head"):
        with st.container():
            st.markdown(f"## {collection['name']}")
            st.caption(counted(collection["sounds"], "sound"))
        with st.popover("Change"):
            name = st.text_input("Name", collection["name"], key=f"name{collection['id']}")
            if name.strip() and name != collection["name"]:
                api().send("PATCH", f"/collections/{collection['id']}", {"name": name.strip()})
                edited()
                st.rerun()
            st.button("Delete it; its sounds stay", on_click=_delete, args=(collection["id"],))
    items = [item for item in collection["items"] if item["path"]]
    if not items:
        st.info("Nothing in it yet: tick sounds on the search page and add them here.")
    known = {each["sound_id"]: each for each in summaries(tuple(i["sound_id"] for i in items))}
    rows = [
        row(known[i["sound_id"]], known[i["sound_id"]], known_roots())
        for i in items
        if i["sound_id"] in known
    ]
    st.session_state.collection = collection["id"]
    if len(rows) > 1:
        st.caption("Drag a row, or press Alt and ↑ ↓, to put it elsewhere.")
    sound_list(
        f"collection_results{collection['id']}", rows, _acted,
        label=collection["name"], removable=True, ordered=True,
    )  # fmt: skip


def _acted(event: Json) -> None:
    if act(event):
        return
    if event["do"] in ("remove", "move"):
        path = f"/collections/{st.session_state.collection}"
        try:
            if event["do"] == "remove":
                api().send("DELETE", f"{path}/items", params={"sound_id": event["ids"]})
            else:
                _move(path, event["ids"], event["before"])
        except ApiError as error:
            st.toast(str(error), icon=":material/error:")
        edited()
    elif event["do"] in ("similar", "like"):
        st.session_state.similar = event["id"]


def _move(path: str, ids: list[str], before: str | None) -> None:
    """Put sounds before another one, or behind them all; those not at hand keep their places."""
    items = api().get(path)["items"]
    others = [item["sound_id"] for item in items if item["sound_id"] not in ids]
    at = others.index(before) if before in others else None
    api().send("POST", f"{path}/items", {"ids": ids, "at": at})


def _delete(collection_id: int) -> None:
    try:
        api().send("DELETE", f"/collections/{collection_id}")
        edited()
        st.query_params.clear()
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
