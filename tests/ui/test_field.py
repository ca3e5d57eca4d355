from streamlit.testing.v1 import AppTest


def _note() -> None:
    """A page with one field, of a library that may be away or refuse."""
    import streamlit as st

    from ui.client import ApiError
    from ui.field import field

    library = st.session_state.library

    def keep(had: str, now: str) -> None:
        library.setdefault("asked", []).append((had, now))
        if status := library["fails"]:
            raise ApiError("It fails.", max(status, 0))
        library["note"] = now

    if library["fails"] == -1 and st.session_state.get("note waiting") is not None:
        st.stop()  # as the page does that cannot be asked for: the field is not drawn
    st.text_area("Note", **field("note", library["note"], keep))


def _page(**library: object) -> AppTest:
    page = AppTest.from_function(_note)
    page.session_state.library = {"note": "", "fails": 0, **library}
    return page.run()


def test_what_is_entered_is_kept_and_said_once() -> None:
    page = _page(note="old")
    page.text_area[0].input("new").run().run()
    assert page.session_state.library["note"] == "new"
    assert page.session_state.library["asked"] == [("old", "new")]
    assert page.text_area[0].value == "new"


def test_what_is_entered_while_the_api_is_away_is_kept_when_it_is_back() -> None:
    page = _page(fails=-1)
    page.text_area[0].input("not lost").run()
    assert len(page.text_area) == 0
    page.run()
    page.session_state.library["fails"] = 0
    page.run()
    assert page.session_state.library["note"] == "not lost"
    assert page.text_area[0].value == "not lost"


def test_what_is_refused_gives_way_to_what_the_library_has() -> None:
    page = _page(note="old", fails=422)
    page.text_area[0].input("no").run()
    assert page.text_area[0].value == "old"
    page.run()
    assert page.session_state.library["asked"] == [("old", "no")]


def test_what_others_changed_is_shown() -> None:
    page = _page(note="old")
    page.session_state.library["note"] = "theirs"
    page.run()
    assert page.text_area[0].value == "theirs"
    assert "asked" not in page.session_state.library
