"""Downloads in a browser: what an address holds, watching it arrive, the file, the library, a playlist, failures."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Person
from tests.fakes.site import TITLE, Site

pytestmark = pytest.mark.xdist_group("e2e")


def sign_in(page: Page, person: Person) -> None:
    page.locator(".bar .enter").click()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in form button.main").click()
    expect(page.locator(".bar .me")).to_be_visible()


def look(page: Page, address: str) -> None:
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Look").click()


def begin(page: Page) -> None:
    page.get_by_role("button", name="Download", exact=True).click()


def test_a_film_arrives_is_taken_converted_and_kept(page: Page, site: Site, someone: Callable[[str], Person]) -> None:
    page.get_by_role("link", name="Downloads").click()
    look(page, "https://example.com/nothing-to-download")
    expect(page.locator(".asking .error:visible")).to_have_text("Nothing is downloaded from there.")
    look(page, f"{site.url}/page")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    page.get_by_text("Its picture").click()
    page.get_by_text("Keep it in my library").click()
    begin(page)
    expect(page.locator("#sign-in")).to_contain_text("Sign in to keep it in your library.")
    ada = someone("ada")
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in form button.main").click()

    job = page.locator(".jobs > li").filter(has_text=TITLE)
    expect(job).to_contain_text("Done")
    with page.expect_download() as taken:
        job.get_by_role("link", name=re.compile(r"\.mp4$")).click()
    assert Path(taken.value.path()).stat().st_size == (site.folder / "film.mp4").stat().st_size
    assert "/" not in taken.value.suggested_filename
    expect(job.get_by_role("link", name=re.compile(r"\.jpg$"))).to_be_visible()

    job.get_by_label("Convert to…").select_option("mp3")
    sound = page.locator(".jobs > li").filter(has=page.get_by_role("link", name=re.compile(r"\.mp3$")))
    expect(sound).to_contain_text("Done")
    job.get_by_role("link", name="In your library").click()
    expect(page.locator("#grid .card")).to_have_count(1)
    expect(page.locator("#grid")).to_contain_text("best-of")


def test_a_slow_one_is_watched_and_cancelled(page: Page, site: Site, someone: Callable[[str], Person]) -> None:
    sign_in(page, someone("ada"))
    page.get_by_role("link", name="Downloads").click()
    look(page, f"{site.url}/slow.mp4?rate=40000")
    expect(page.get_by_role("heading", name="slow")).to_be_visible()
    begin(page)
    job = page.locator(".jobs > li")
    expect(job.get_by_role("status")).to_contain_text(re.compile(r"^[1-9]\d?% · .*KiB/s"))
    cancel = job.get_by_role("button", name="Cancel")
    cancel.focus()
    before = job.get_by_role("status").inner_text()
    expect(job.get_by_role("status")).not_to_have_text(before)
    expect(cancel).to_be_focused()  # what is told anew every second takes nothing from the keyboard
    page.context.set_offline(True)
    expect(job.get_by_role("alert")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    expect(job.get_by_role("alert")).to_be_hidden()
    cancel.click()
    expect(job).to_contain_text("Cancelled")
    page.reload()
    expect(page.locator(".jobs > li")).to_contain_text("Cancelled")
    page.locator(".jobs > li").get_by_role("button", name="Remove from the list").click()
    expect(page.get_by_text("Nothing yet")).to_be_visible()


def test_what_was_begun_without_an_account_stays_in_sight_of_who_signs_in(
    page: Page, site: Site, someone: Callable[[str], Person]
) -> None:
    page.get_by_role("link", name="Downloads").click()
    look(page, f"{site.url}/page")
    begin(page)
    job = page.locator(".jobs > li").filter(has_text=TITLE)
    expect(job).to_contain_text("Done")
    sign_in(page, someone("ada"))
    expect(job).to_contain_text("Done")
    page.reload()
    expect(job).to_have_count(1)


def test_a_playlist_with_a_broken_entry_is_reported_and_packed(
    page: Page, site: Site, someone: Callable[[str], Person]
) -> None:
    sign_in(page, someone("ada"))
    page.get_by_role("link", name="Downloads").click()
    look(page, f"{site.url}/feed.xml")
    expect(page.locator(".entries li")).to_have_count(2)  # what is broken is not even offered
    page.get_by_role("button", name="None").click()
    begin(page)
    expect(page.get_by_role("alert").filter(has_text="Choose at least one.")).to_be_visible()
    page.get_by_role("button", name="All").click()
    page.get_by_text("Subtitles").click()
    begin(page)
    job = page.locator(".jobs > li")
    expect(job).to_contain_text("2 done, 0 failed")
    with page.expect_download() as taken:
        job.get_by_role("button", name="All as one zip").click()
    assert taken.value.suggested_filename.endswith(".zip")
    assert Path(taken.value.path()).read_bytes()[:2] == b"PK"
