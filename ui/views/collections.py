"""Collections: named, ordered choices of sounds."""

import streamlit as st

from ui.actions import act, edited, follow, known_roots, summaries
from ui.client import ApiError, Json, api
from ui.components.listing import sound_list
from ui.listed import row
from ui.trouble import told
from ui.wording import counted, plain


def page() -> None:
    """All collections, and the one that is chosen."""
    follow()
    with st.sidebar:
        st.markdown("#### Collections")
        list_of_all = st.container()
        _new()  # whatever is away, so that the name that is typed stays
    with told():
        collections: list[Json] = api().get("/collections")
        chosen = _chosen(collections)
        with list_of_all:
            for each in collections:
                st.button(
                    f"{plain(each['name'])} · {each['sounds']}", key=f"collection{each['id']}",
                    type="primary" if each["id"] == chosen else "tertiary",
                    on_click=_choose, args=(each["id"],),
                )  # fmt: skip
        if not collections:
            st.markdown("## Collections")
            st.info(
                "None yet. On the search page, tick sounds and choose *Add to collection*: a "
                "shortlist for a scene, the hits of a trailer, what a client has approved.",
                icon=":material/folder_special:",
            )
        elif chosen is None:
            st.markdown("## Collections")
            st.info(
                f"There is no collection {plain(st.query_params['id'])}; it may have been deleted.",
                icon=":material/folder_off:",
            )
        else:
            _collection(api().get(f"/collections/{chosen}"))


def _chosen(collections: list[Json]) -> int | None:
    told_id = st.query_params.get("id", "")
    ids = [each["id"] for each in collections]
    if told_id:
        return int(told_id) if told_id.isdecimal() and int(told_id) in ids else None
    return ids[0] if ids else None


def _choose(collection_id: int) -> None:
    st.query_params["id"] = str(collection_id)


def _new() -> None:
    with st.form("new_collection", border=False):
        st.text_input("New collection", placeholder="Trailer hits", key="new_name")
        st.form_submit_button("Make it", on_click=_make)
    if refused := st.session_state.pop("name_refused", ""):
        st.error(plain(refused), icon=":material/error:")


def _make() -> None:
    name = st.session_state.new_name.strip()
    if not name:
        return
    try:
        made = api().send("POST", "/collections", {"name": name})
    except ApiError as error:
        st.session_state.name_refused = str(error)
        return
    edited()
    st.session_state.new_name = ""
    _choose(made["id"])


def _collection(collection: Json) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="collection_head"):
        with st.container():
            st.markdown(f"## {plain(collection['name'])}")
            st.caption(counted(collection["sounds"], "sound"))
        with st.popover("Change"):
            st.text_input(
                "Name", collection["name"], key=f"name{collection['id']}",
                on_change=_rename, args=(collection["id"],),
            )  # fmt: skip
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
    elif event["do"] == "unlike":
        st.toast("Less like what? Search first, and press it there.")


def _move(path: str, ids: list[str], before: str | None) -> None:
    """Put sounds before another one, or behind them all; those not at hand keep their places."""
    items = api().get(path)["items"]
    others = [item["sound_id"] for item in items if item["sound_id"] not in ids]
    at = others.index(before) if before in others else None
    api().send("POST", f"{path}/items", {"ids": ids, "at": at})


def _rename(collection_id: int) -> None:
    name = st.session_state[f"name{collection_id}"].strip()
    if not name:
        return
    try:
        api().send("PATCH", f"/collections/{collection_id}", {"name": name})
        edited()
    except ApiError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def _delete(collection_id: int) -> None:
    try:
        api().send("DELETE", f"/collections/{collection_id}")
        edited()
        st.query_params.clear()
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
