"""What the library holds, how far it is, and what stands in its way."""

from typing import Any

import streamlit as st

from ui.actions import edited
from ui.client import ApiError, Json, api
from ui.news import LOOK_S, redraw_on_news
from ui.trouble import told
from ui.views.disk import disk
from ui.views.duplicates import duplicates
from ui.views.failures import failures
from ui.views.models import models
from ui.wording import ago, counted, plain, span

STATES = {
    "online": ("green", "online"), "offline": ("red", "offline"), "paused": ("orange", "paused"),
    "scanning": ("blue", "scanning"), "unwatched": ("gray", "not watched"),
}  # fmt: skip
HELD_BACK = "foundsound roots accept"  # named by the reason of a root that waits for this word


def page() -> None:
    """Folders, progress, failures, models, duplicates."""
    st.markdown("## Library")
    with told():
        api().get("/healthz")  # away: told once, not by every part
        _counts()
        st.markdown("#### Folders")
        _roots()
        _add()
        redraw_on_news("library", _tabs_hold)
        tabs = st.tabs(["Files that could not be used", "Model", "Duplicates", "Disk"])
        for tab, fill in zip(tabs, (failures, models, duplicates, disk), strict=True):
            with tab:
                fill()


def _tabs_hold() -> object:
    """What the tabs would show otherwise; None while files are ticked, for ticks are by row."""
    if st.session_state.get("failed_files", {}).get("selection", {}).get("rows"):
        return None
    failed = api().get("/failed", limit=1)
    return failed["quarantined"], failed["waiting"], _runs()


def _runs() -> list[str]:
    try:
        return [run["run_id"] for run in api().get("/index")]
    except ApiError:  # whoever looks may not know of them
        return []


@st.fragment(run_every=LOOK_S)
def _counts() -> None:
    try:
        stats = api().get("/stats")
    except ApiError as error:
        st.caption(str(error))
        return
    with st.container(horizontal=True, gap="large", key="counts"):
        st.metric("Sounds", f"{stats['sounds']:,}", width="content")
        st.metric("Audio", span(stats["audio_s"]), width="content")
        st.metric("Files", f"{stats['files']:,}", width="content")
        st.metric("Model", stats["model"], width="content")
    _progress(stats)


def _progress(stats: Json) -> None:
    waiting, rate = stats["pending"], stats.get("files_per_s")
    if not waiting:
        return
    said = f"{counted(waiting, 'file')} to go"
    if rate:
        said += f" · {rate:.1f} files/s · about {span(stats['left_s'])} left"
    st.progress(1 - waiting / max(stats["files"], waiting), said)


@st.fragment(run_every=LOOK_S)
def _roots() -> None:
    try:
        roots = api().get("/roots")
    except ApiError as error:
        st.caption(str(error))
        return
    if not roots:
        st.info(
            "No folder yet. Add the one that holds your sounds: they are indexed where they lie, "
            "and never changed.",
            icon=":material/create_new_folder:",
        )
    for root in roots:
        _root(root)


def _root(root: Json) -> None:
    colour, state = STATES[_state(root)]
    with st.container(border=True, key=f"root{root['id']}"):
        about, buttons = st.columns([5, 2], vertical_alignment="center")
        with about:
            st.markdown(f"**{plain(root['name'])}** &nbsp; :{colour}-badge[{state}]")
            st.caption(f"`` {root['path']} `` · {_says(root)}")
            if root["offline_reason"]:
                st.caption(f":red[{plain(root['offline_reason'])}] {_helps(root)}")
            elif not root["watched"]:
                st.caption("Only *Scan* looks at it.")
            elif root["note"]:
                st.caption(plain(root["note"]))
        with buttons, st.container(horizontal=True, horizontal_alignment="right"):
            _root_buttons(root)


def _state(root: Json) -> str:
    if root.get("scanning"):
        return "scanning"
    # Nobody looks whether it is there, so it is not called online.
    unseen = not root["watched"] and root["state"] == "online"
    return "unwatched" if unseen else str(root["state"])


def _held_back(root: Json) -> bool:
    return root["state"] == "offline" and HELD_BACK in (root["offline_reason"] or "")


def _helps(root: Json) -> str:
    stay = "Its sounds stay searchable."
    if _held_back(root):
        return stay
    back = "once it is back" if root["watched"] else "once it is back and scanned"
    return f"{stay} It goes on {back}; if it is gone for good, remove it: tags are kept."


def _says(root: Json) -> str:
    said = [counted(root["files"], "file")]
    if root["pending"]:
        said.append(f"{root['pending']:,} waiting")
    if root["missing"]:
        said.append(f"{root['missing']:,} deleted")
    if _state(root) != "unwatched":  # said beside its name
        said.append("watched" if root["watched"] else "not watched")
    if root["scanned_at"]:
        said.append(f"scanned {ago(root['scanned_at'])}")
    return " · ".join(said)


def _root_buttons(root: Json) -> None:
    path = f"/roots/{root['id']}"
    if _held_back(root):
        with st.popover("It was deleted", key=f"deleted{root['id']}"):
            st.caption(
                "Takes all files that are gone out of the library, however many they are. If a "
                "drive is merely off, connect it instead."
            )
            _button("Take them out", f"accept{root['id']}", "PATCH", path, {"accept_loss": True})
    if root["watched"]:
        paused = root["state"] == "paused"
        _button(
            "Resume" if paused else "Pause", f"pause{root['id']}", "PATCH", path,
            {"paused": not paused},
        )  # fmt: skip
    else:
        _button("Scan", f"scan{root['id']}", "POST", "/index", {"paths": [root["path"]]})
        _button("Watch", f"watch{root['id']}", "POST", "/roots", {"path": root["path"]})
    with st.popover("Remove", key=f"remove{root['id']}"):
        st.caption("Forgets the folder and its sounds. Files stay untouched, tags are kept.")
        _button("Forget it", f"forget{root['id']}", "DELETE", path)


def _button(label: str, key: str, method: str, path: str, body: Any = None) -> None:
    st.button(label, key=key, on_click=_send, args=(method, path, body))


def _send(method: str, path: str, body: Any) -> None:
    try:
        api().send(method, path, body)
        edited()
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")


def _add() -> None:
    with (
        st.form("add_root", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input("Add a folder", placeholder="/mnt/sfx, as the server sees it", key="new_root")
        st.form_submit_button("Watch it", icon=":material/create_new_folder:", on_click=_watch)
    if refused := st.session_state.pop("root_refused", ""):
        st.error(plain(refused), icon=":material/error:")


def _watch() -> None:
    path = st.session_state.new_root.strip()
    if not path:
        return
    try:
        api().send("POST", "/roots", {"path": path})
    except ApiError as error:
        st.session_state.root_refused = str(error)
        return
    edited()
    st.session_state.new_root = ""
