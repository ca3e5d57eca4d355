"""What people say of one sound: tags, mark, note, collections; and what is suggested of it."""

from typing import Any

import streamlit as st

from ui.actions import edited, known_collections, to_similar
from ui.client import ApiError, Json, api
from ui.field import field
from ui.offers import offers


def user_data(sound: Json) -> None:
    """Fields that keep what is entered at once."""
    sound_id = sound["sound_id"]
    st.markdown("#### Yours")
    _suggested(sound)
    known = sorted({tag["name"] for tag in api().get("/tags")} | set(sound["tags"]))
    st.multiselect(
        "Tags", known, accept_new_options=True, placeholder="Add a tag",
        **field(f"tags {sound_id}", sound["tags"], lambda had, now: _tag(sound_id, had, now)),
    )  # fmt: skip
    _collections(sound)
    st.toggle(
        "Favourite",
        **field(
            f"favourite {sound_id}",
            sound["favourite"],
            lambda _, on: _edit(sound_id, favourite=on),
        ),
    )
    st.text_area(
        "Note", height=90,
        **field(
            f"note {sound_id}", sound["note"] or "", lambda _, note: _edit(sound_id, note=note)
        ),
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button(
            "Find similar sounds", icon=":material/search:", key="find_similar",
            on_click=to_similar, args=(sound_id,),
        )  # fmt: skip
        if offers("/enrolled"):
            _enrol(sound_id)


def _suggested(sound: Json) -> None:
    """Categories and tags by ear, each to be taken or not."""
    if not sound["suggestions"]:
        return
    st.caption("Suggested by ear: keep what is right, drop what is wrong.")
    for each in sound["suggestions"]:
        value, name = each["value"], each["name"]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            for verb, label, icon in (
                ("accept", name, "check"),
                ("reject", f"Not {name}", "close"),
            ):
                st.button(
                    label, icon=f":material/{icon}:", key=f"{verb} {value} {sound['sound_id']}",
                    type="secondary" if verb == "accept" else "tertiary",
                    on_click=_decide, args=(sound["sound_id"], verb, value),
                )  # fmt: skip


def _collections(sound: Json) -> None:
    """Where it is in; a name that is new makes a collection."""
    held = {each["name"]: each["id"] for each in sound["collections"]}
    ids = {each["name"]: each["id"] for each in known_collections()} | held

    def changed(had: list[str], now: list[str]) -> None:
        for name in (each for each in now if each not in had):
            if name not in ids:
                wanted = {"name": name, "ids": [sound["sound_id"]]}
                api().send("POST", "/collections", wanted)
            else:
                path = f"/collections/{ids[name]}/items"
                api().send("POST", path, {"ids": [sound["sound_id"]]})
        for name in (each for each in had if each in ids and each not in now):
            path = f"/collections/{ids[name]}/items"
            api().send("DELETE", path, params={"sound_id": sound["sound_id"]})
        edited()

    st.multiselect(
        "Collections", sorted(ids), accept_new_options=True, placeholder="Add to a collection",
        **field(f"collections {sound['sound_id']}", list(held), changed),
    )  # fmt: skip


def _enrol(sound_id: str) -> None:
    with st.popover("Enrol as a sound", icon=":material/record_voice_over:", key="enrol"):
        st.caption("A named sound that is recognised by examples: this is one of them.")
        name = st.text_input("Its name", placeholder="our elevator's fault", key="enrol_as")
        if st.button("Enrol", key="enrol_now") and name.strip():
            examples = [{"type": "item", "sound_id": sound_id}]
            wanted = {"name": name.strip(), "examples": examples, "add": True}
            try:
                api().send("POST", "/enrolled", wanted)
                st.toast(f"One more example of {name.strip()}")
            except ApiError as error:
                st.error(str(error))


def _tag(sound_id: str, had: list[str], now: list[str]) -> None:
    """Say what was changed here alone: others may have tagged it meanwhile."""
    _edit(
        sound_id,
        add_tags=[each for each in now if each not in had],
        remove_tags=[each for each in had if each not in now],
    )


def _edit(sound_id: str, **changes: Any) -> None:
    api().send("PATCH", f"/sounds/{sound_id}", changes)
    edited()


def _decide(sound_id: str, verb: str, value: str) -> None:
    try:
        api().send("POST", f"/sounds/{sound_id}/suggestions", {verb: [value]})
        edited()
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
