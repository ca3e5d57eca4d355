"""Files that could not be used, with their reasons, and another try for them."""

import streamlit as st

from ui.client import ApiError, api
from ui.wording import ago, counted

SHOWN = 200


def failures() -> None:
    """Each with its reason; some or all are tried again."""
    report = api().get("/failed", limit=SHOWN)
    files = report["files"]
    if not files:
        st.caption("None. Every file could be read.")
        return
    st.caption(
        f"{counted(report['quarantined'], 'file')} in quarantine until they change or are retried, "
        f"{report['waiting']:,} tried again by themselves."
    )
    chosen = st.dataframe(
        {
            "File": [file["path"] for file in files],
            "Why": [file["reason"] for file in files],
            "Tries": [file["attempts"] for file in files],
            "Next": [_when(file["next_attempt"]) for file in files],
        },
        hide_index=True, on_select="rerun", selection_mode="multi-row", key="failed_files",
        column_config={"File": st.column_config.TextColumn(width="medium")},
    )  # fmt: skip
    paths = [files[at]["path"] for at in chosen["selection"]["rows"]]
    with st.container(horizontal=True):
        st.button(
            f"Try {counted(len(paths), 'file')} again", key="retry_some", disabled=not paths,
            on_click=_retry, args=({"paths": paths},),
        )  # fmt: skip
        st.button("Try all again", key="retry_all", on_click=_retry, args=({"all": True},))


def _when(moment: str | None) -> str:
    if moment is None:
        return "when it changes"
    return "soon" if ago(moment) == "just now" else ago(moment)


def _retry(body: dict[str, object]) -> None:
    try:
        count = api().send("POST", "/failed/retry", body)["files"]
        st.toast(f"{counted(count, 'file')} will be tried again", icon=":material/refresh:")
    except ApiError as error:
        st.toast(str(error), icon=":material/error:")
