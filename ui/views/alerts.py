"""Alerts: queries that are asked of every new sound, and what they have found."""

from typing import Any

import streamlit as st

from ui.actions import act, follow, known_roots, summaries
from ui.client import ApiError, Json, api
from ui.components.listing import sound_list
from ui.listed import row
from ui.news import redraw_on_news
from ui.trouble import told
from ui.wording import ago, counted, plain

SHOWN = 100
TYPED = ("name", "text", "webhook")


def page() -> None:
    """What was found, and the alerts themselves."""
    follow()
    st.markdown("## Alerts")
    redraw_on_news("alerts", _newest)
    with told():
        alerts = api().get("/alerts")
        found = api().get("/alerts/feed", limit=SHOWN)
    if not alerts:
        st.info(
            "None yet. Say what you wait for: whenever a sound like it comes into the library, it "
            "is listed here, and sent on if you name an address.",
            icon=":material/notifications:",
        )
    feed, settings = st.columns([3, 2], gap="large")
    with settings:
        for alert in alerts:
            _alert(alert)
        _new()
    with feed:
        if alerts or found:
            st.markdown("#### Found")
        if alerts and not found:
            st.caption("Nothing yet.")
        _feed(found)


def _newest() -> object:
    return [each["id"] for each in api().get("/alerts/feed", limit=1)]


def _feed(found: list[Json]) -> None:
    ids = tuple(dict.fromkeys(each["sound_id"] for each in found))
    known = {each["sound_id"]: each for each in summaries(ids)}
    rows, seen = [], set()
    for each in found:
        if each["sound_id"] in known and each["sound_id"] not in seen:
            seen.add(each["sound_id"])
            made = row({**known[each["sound_id"]], **each}, known[each["sound_id"]], known_roots())
            rows.append(made | {"why": f"{each['alert']}, {ago(each['found_at'])}"})
    sound_list("alert_feed", rows, _acted)


def _acted(event: Json) -> None:
    if act(event):
        return
    if event["do"] in ("similar", "like"):
        st.session_state.similar = event["id"]
    elif event["do"] == "unlike":
        st.toast("Less like what? Search first, and press it there.")


def _alert(alert: Json) -> None:
    with st.container(border=True):
        paused = " :orange-badge[paused]" if alert["paused"] else ""
        st.markdown(f"**{plain(alert['name'])}**{paused}")
        text = alert["query"].get("text") or ", ".join(alert["clips"]) or "by example"
        st.caption(f"{plain(text)} · {counted(alert['found'], 'sound')} found")
        for problem in (alert["problem"], alert["last_error"]):
            if problem:
                st.caption(f":red[{plain(problem)}]")
        with st.container(horizontal=True):
            path = f"/alerts/{alert['id']}"
            label = "Resume" if alert["paused"] else "Pause"
            change = {"paused": not alert["paused"]}
            st.button(label, key=f"pause{path}", on_click=_send, args=("PATCH", path, change))
            st.button("Delete", key=f"delete{path}", on_click=_send, args=("DELETE", path, None))
            if alert["webhook"] or alert["file"]:
                st.button(
                    "Try it", key=f"try{path}", on_click=_send, args=("POST", f"{path}/test", None)
                )


def _new() -> None:
    with st.form("new_alert"):
        st.markdown("#### New alert")
        st.text_input("Name", placeholder="Broken glass", key="alert_name")
        st.text_input("What to wait for", placeholder="glass breaking", key="alert_text")
        st.slider("Strength from which it counts", 2.0, 8.0, 4.0, 0.5, key="alert_from")
        st.text_input("Address to tell (optional)", key="alert_webhook")
        st.form_submit_button("Wait for it", on_click=_make)
        if refused := st.session_state.pop("alert_refused", ""):
            st.error(plain(refused), icon=":material/error:")
    if secret := st.session_state.get("alert_secret"):
        st.code(secret, language=None)
        st.caption("The secret that signs what is sent. Keep it: it cannot be shown again.")
        st.button("I have it", on_click=_forget_secret)


def _forget_secret() -> None:
    st.session_state.alert_secret = None


def _make() -> None:
    typed = {name: st.session_state[f"alert_{name}"].strip() for name in TYPED}
    if not typed["name"] or not typed["text"]:
        st.session_state.alert_refused = "Give it a name, and say what to wait for."
        return
    wanted = {
        "name": typed["name"], "query": {"text": typed["text"]},
        "threshold": st.session_state.alert_from,
    }  # fmt: skip
    if typed["webhook"]:
        wanted["webhook_url"] = typed["webhook"]
    try:
        made = api().send("POST", "/alerts", wanted)
    except ApiError as error:
        st.session_state.alert_refused = str(error)
        return
    st.session_state.alert_secret = made.get("webhook_secret") if typed["webhook"] else None
    for name in TYPED:
        st.session_state[f"alert_{name}"] = ""


def _send(method: str, path: str, body: Any) -> None:
    try:
        answer = api().send(method, path, body)
        if isinstance(answer, list):
            for each in answer:
                st.toast(str(each.get("error") or "Delivered"))
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
