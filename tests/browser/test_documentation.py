from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio


def test_the_documentation_needs_no_internet(page: Page, studio: Studio) -> None:
    asked: set[str] = set()
    wrong: list[str] = []
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    api = str(studio.api.base_url).rstrip("/")
    page.goto(f"{api}/docs")
    search = page.locator(".opblock").first
    expect(search).to_be_visible()
    search.locator("button").first.click()
    page.get_by_role("button", name="Try it out").click()
    expect(page.get_by_role("button", name="Execute")).to_be_visible()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response .response-col_status")).to_contain_text(
        "200"
    )
    assert asked - {""} == {urlsplit(api).netloc}  # without one: pictures in the style sheet
    assert wrong == []
