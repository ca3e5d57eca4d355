"""Which of these is it? Sounds scored with labels, and sounds that are known by examples."""

import json
from typing import Any

import streamlit as st

from ui.client import ApiError, Json, api
from ui.trouble import told
from ui.wording import counted, plain

EXAMPLES = "dog barking, car horn, fire alarm, rain, speech"


def page() -> None:
    """Choose sounds and labels, see scores."""
    st.markdown("## Classify")
    with told():
        sets = {each["name"]: each["labels"] for each in api().get("/label-sets")}
        enrolled = [each["name"] for each in api().get("/enrolled")]
    ask, known = st.columns([3, 2], gap="large")
    with ask:
        files = st.file_uploader("Sounds", accept_multiple_files=True, key="to_classify")
        voice = st.audio_input("Or record one", key="to_classify_voice", sample_rate=48000)
        labels = st.text_area(
            "Labels, separated by commas", key="labels", placeholder=EXAMPLES, height=80
        )
        options = {
            "label_set": st.selectbox("Saved labels", [None, *sets], format_func=_set_name(sets)),
            "sounds": st.multiselect("Sounds known by examples", enrolled) if enrolled else [],
            "none_of_these": st.toggle("It may be none of these", True),
        }
        clips = [(each.name, each.getvalue()) for each in files or []]
        if voice is not None:
            clips.append(("Recording", voice.getvalue()))
        chosen = [each.strip() for each in labels.split(",") if each.strip()]
        _save_set(chosen)
        if clips and (chosen or options["label_set"] or options["sounds"]):
            with told():
                _scores(_classified(clips, {"labels": chosen, **options}))
        else:
            st.caption("Give a sound and labels; scores appear at once.")
    with known:
        _enrolled(clips)


def _set_name(sets: dict[str, list[Any]]) -> Any:
    return lambda name: "none" if name is None else f"{name} ({len(sets[name])})"


@st.cache_data(ttl=60, max_entries=16, show_spinner="Listening…")
def _classified(clips: list[tuple[str, bytes]], request: Json) -> Json:
    found: Json = api().send(
        "POST", "/classify", files=clips, form={"request": json.dumps(request)}
    )
    return found


def _scores(found: Json) -> None:
    for warning in found["warnings"]:
        st.caption(f":material/warning: {plain(warning)}")
    for result in found["results"]:
        st.markdown(f"**{plain(result['name'])}**")
        if result["error"]:
            st.caption(result["error"])
        for score in result["scores"][:8]:
            share = score["score"]
            st.progress(min(1.0, max(0.0, share)), f"{plain(score['label'])} · {share:.0%}")


def _save_set(labels: list[str]) -> None:
    if not labels:
        return
    with st.popover("Keep these labels"):
        name = st.text_input("Name", key="set_name", placeholder="street")
        if st.button("Keep", key="keep_set") and name.strip():
            try:
                api().send("PUT", f"/label-sets/{name.strip()}", {"labels": labels})
                st.toast(f"Kept as {name.strip()}")
            except ApiError as error:
                st.error(str(error))


def _enrolled(clips: list[tuple[str, bytes]]) -> None:
    st.markdown("#### Known by examples")
    sounds = api().get("/enrolled")
    if not sounds:
        st.caption(
            "Name what no words describe (our elevator's fault): give a few recordings on the "
            "left, and name them here."
        )
    for each in sounds:
        with st.container(border=True):
            st.markdown(f"**{plain(each['name'])}**")
            st.caption(f"{counted(len(each['examples']), 'example')} · {_errors(each)}")
            st.button(
                "Forget", key=f"forget {each['name']}", on_click=_forget, args=(each["name"],)
            )
    name = st.text_input("Name of the sound", key="enrol_name")
    wanted = bool(clips and name.strip())
    if st.button("Enrol the sounds at the left", disabled=not wanted, key="enrol") and wanted:
        with told():
            form = {"request": json.dumps({"name": name.strip()})}
            api().send("POST", "/enrolled", files=clips, form=form)
        st.rerun()


def _errors(enrolled: Json) -> str:
    said = [
        f"{enrolled[key]:.0%} {what}"
        for key, what in (("false_accept", "taken wrongly"), ("false_reject", "missed"))
        if enrolled[key] is not None
    ]
    return ", ".join(said) or "how well it is known, more examples would tell"


def _forget(name: str) -> None:
    try:
        api().send("DELETE", f"/enrolled/{name}")
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
