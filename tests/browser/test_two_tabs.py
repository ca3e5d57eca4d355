from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio
from tests.browser.searching import add_new, visit


def test_tags_of_two_tabs_are_both_kept(page: Page, studio: Studio) -> None:
    hit = studio.api.post("/search", json={"text": "name:hum*"}).json()["hits"][0]
    path = f"/sounds/{hit['sound_id']}"

    def tags() -> set[str]:
        return set(studio.api.get(path).json()["tags"])

    try:
        visit(page, f"{studio.url}/sound?id={hit['sound_id']}")
        expect(page.get_by_role("combobox", name="Tags")).to_be_visible()
        studio.api.patch(path, json={"add_tags": ["alpha"], "note": "of the other"})
        add_new(page, studio, "Tags", "beta", lambda: "beta" in tags())
        assert tags() >= {"alpha", "beta"}
        assert studio.api.get(path).json()["note"] == "of the other"
        expect(page.locator("textarea[aria-label=Note]")).to_have_value("of the other")
    finally:
        studio.api.patch(path, json={"tags": [], "note": ""})
