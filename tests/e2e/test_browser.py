"""The product in a browser: what a person does on a first evening with it, and what a visitor sees before."""

import json
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Person, another
from tests.site.node import words

pytestmark = pytest.mark.xdist_group("e2e")
MIB = 1 << 20
SECONDS = 1000  # milliseconds


# ---- a first evening


def test_a_person_registers_uploads_a_film_watches_leaves_and_goes_on(page: Page, film: Path) -> None:
    register(page, "grace")
    page.get_by_role("link", name="Open your library").first.click()
    parts = part_uploads(page)
    with slow_line(page, 8 * MIB):
        choose(page, film)
        half_way(page)
        expect(page.locator("#transfers .words")).to_have_text(
            re.compile(r"MiB of 20\.\d MiB · [\d.]+ MiB/s · \d+ sec left")
        )
        expect(page.locator("#transfers li")).to_have_attribute("data-state", "arrived", timeout=60 * SECONDS)
    assert sorted(parts) == [1, 2, 3]

    card = page.get_by_role("list", name="Files").get_by_role("listitem").filter(has_text="The rabbit")
    expect(card).to_be_visible()
    expect(card.locator(".badge")).to_have_count(0, timeout=60 * SECONDS)  # ready to be streamed
    streamed: list[str] = []
    page.on("request", lambda request: streamed.append(request.url) if "/api/stream/" in request.url else None)
    card.get_by_role("link").click()
    video = page.locator("video")
    page.get_by_role("button", name="Play").first.click()
    until(video, "video => video.currentTime > 1")
    assert video.evaluate("video => video.videoWidth") > 0
    assert video.evaluate("video => video.currentSrc").startswith("blob:")  # hls.js feeds it
    assert any("/master.m3u8" in url for url in streamed)

    slider = page.get_by_role("slider", name="Position")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    until(video, "video => video.currentTime > 20 && !video.seeking && video.readyState >= 3")
    video.click()  # pauses
    until(video, "video => video.paused")
    stopped_at = video.evaluate("video => video.currentTime")
    until_saved(page, stopped_at)

    page.reload()
    until(video, "video => video.readyState >= 2")
    assert video.evaluate("video => video.currentTime") == pytest.approx(stopped_at, abs=0.5)
    page.get_by_role("button", name="Play").first.click()
    until(video, f"video => video.currentTime > {stopped_at + 0.5}")

    page.get_by_role("radio", name="4 of 5").check()
    expect(page.locator(".average")).to_have_text("★ 4.0 on average")
    page.get_by_role("main").get_by_role("link", name="Library").click()
    expect(page.locator("#continue .card")).to_contain_text("The rabbit")
    expect(page.locator("#continue .card progress")).to_have_count(1)
    expect(page.locator("#top .card")).to_contain_text("★ 4.0 · 1")
    expect(card.locator("img.here")).to_have_count(1)  # its poster
    expect(page.locator("#usage")).to_have_text(re.compile(r"^1 file · 0\.02\d GiB used$"))
    nothing_secret_is_kept(page)


def test_an_interrupted_upload_goes_on_where_it_stopped(
    page: Page, someone: Callable[[str], Person], tmp_path: Path
) -> None:
    sign_in(page, someone("edsger").email)
    path, parts = large_file(tmp_path), part_uploads(page)
    with slow_line(page, 4 * MIB):
        choose(page, path)
        with page.expect_response(is_stored_part):
            half_way(page)
        page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"
        page.reload()
    sent_before = len(parts)
    parts.clear()

    expect(page.locator("#transfers")).to_contain_text("not finished. Choose the file again")
    page.locator("#transfers input[type=file]").set_input_files(path)
    expect(page.locator("#transfers li")).to_have_attribute("data-state", "arrived", timeout=60 * SECONDS)
    assert sent_before >= 1
    assert 1 <= len(parts) < 3, "what had arrived was sent again"


def test_an_upload_pauses_waits_for_a_lost_line_and_goes_on_while_other_areas_are_open(
    page: Page, someone: Callable[[str], Person], tmp_path: Path
) -> None:
    sign_in(page, someone("tony").email)
    with slow_line(page, 4 * MIB):
        choose(page, large_file(tmp_path))
        half_way(page)
        page.get_by_role("button", name="Pause").click()
        expect(page.locator("#transfers .words")).to_contain_text("paused")
        page.get_by_role("button", name="Resume").click()
        half_way(page)
    page.context.set_offline(True)
    expect(page.locator("#transfers .words")).to_contain_text("goes on by itself")
    page.context.set_offline(False)
    page.get_by_role("link", name="Your account").click()
    expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    expect(page.locator("#transfers li")).to_have_attribute("data-state", "arrived", timeout=60 * SECONDS)


def test_a_file_is_read_renamed_and_deleted(page: Page, someone: Callable[[str], Person], tmp_path: Path) -> None:
    sign_in(page, someone("adele").email)
    note = tmp_path / "Émoi <b>.txt"
    note.write_text("Il était une fois <script>alert(1)</script>")
    choose(page, note)
    page.get_by_role("link", name="Open").click()
    expect(page.locator(".viewer pre")).to_have_text(note.read_text())

    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Title").fill("Once upon a time")
    page.get_by_label("Poster from a web address").fill("http://127.0.0.1:9/private.jpg")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#edit .error:visible")).to_have_count(1)  # addresses of this machine are nobody's business
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Once upon a time")
    page.get_by_label("Poster from a web address").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Once upon a time")).to_be_visible()

    page.get_by_role("button", name="Delete").click()
    page.locator("#confirm .danger").click()
    expect(page.get_by_role("status").filter(has_text="“Once upon a time” has left")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(page.locator("#usage")).to_have_text("0 files · 0.000 GiB used")


# ---- coming and going


def test_a_wrong_password_is_said_and_loses_nothing_typed(page: Page, someone: Callable[[str], Person]) -> None:
    email = someone("barbara").email
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("not it")
    submit(page)
    expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    expect(page.get_by_label("E-mail")).to_have_value(email)
    expect(page.get_by_label("Password")).to_have_value("not it")


def test_what_is_wrong_with_a_new_account_is_said_beside_its_field(
    page: Page, someone: Callable[[str], Person]
) -> None:
    page.get_by_role("button", name="Get started").first.click()
    email = page.get_by_label("E-mail")
    email.fill("not an address")
    page.get_by_label("User name").fill("somebody-else")
    page.get_by_label("Password").fill("short")
    submit(page)
    expect(email).to_have_accessible_description("This is not an e-mail address.")
    expect(email).to_be_focused()
    expect(page.get_by_label("Password")).to_have_accessible_description(re.compile("^At least 8 characters"))

    email.fill(someone("donald").email)
    page.get_by_label("Password").fill(PASSWORD)
    submit(page)
    expect(email).to_have_accessible_description(re.compile("has an account already"))
    expect(page.get_by_label("User name")).to_have_value("somebody-else")


def test_a_session_that_ended_is_taken_up_again_over_what_is_open(page: Page, someone: Callable[[str], Person]) -> None:
    email = someone("frances").email
    sign_in(page, email)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.context.clear_cookies()
    page.get_by_role("link", name="Your account").click()
    expect(page.locator("#sign-in .why")).to_contain_text("Your session has ended")
    fill_in(page, email)
    expect(page.get_by_role("main")).to_contain_text(email)


def test_a_session_is_renewed_unnoticed(page: Page, someone: Callable[[str], Person]) -> None:
    sign_in(page, someone("dennis").email)
    page.evaluate(
        """() => {
          const account = JSON.parse(localStorage.getItem("bobine.account"));
          localStorage.setItem("bobine.account", JSON.stringify({ ...account, renewed: Date.now() - 2 * 86400e3 }));
        }"""
    )
    with page.expect_response("**/auth/refresh") as renewed:
        page.reload()
    assert renewed.value.ok
    assert "HttpOnly" in (renewed.value.header_value("set-cookie") or "")
    expect(page.locator("#usage")).to_have_text("0 files · 0.000 GiB used")
    expect(page.locator("#sign-in")).to_have_count(0)


def test_an_account_makes_a_key_for_a_program_and_signs_out_in_every_tab(
    page: Page, someone: Callable[[str], Person]
) -> None:
    sign_in(page, someone("margaret").email)
    page.get_by_role("link", name="Your account").click()
    other = page.context.new_page()
    other.goto("/account")
    expect(other.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    page.bring_to_front()  # a page behind another draws once a second

    page.get_by_role("button", name="New key").click()
    page.get_by_role("button", name="Create the key").click()
    expect(page.get_by_label("Name", exact=True)).to_have_accessible_description(re.compile("^This is needed."))
    page.get_by_label("Name", exact=True).fill("backup script")
    page.get_by_label("What it may do").select_option("Read only")
    page.get_by_role("button", name="Create the key").click()
    key = page.get_by_label("The key").input_value()
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".keys li")).to_contain_text("backup script")
    expect(page.locator("body")).not_to_contain_text(key)
    page.reload()
    expect(page.locator(".keys li")).to_contain_text("does not end · read only")
    assert who_is(page, key) == 200

    page.get_by_role("button", name="Revoke backup script").click()
    page.locator("#revoke-key .danger").click()
    expect(page.get_by_role("heading", name="No keys yet")).to_be_visible()
    assert who_is(page, key) == 401

    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Get started").first).to_be_visible()
    expect(other.get_by_role("main").get_by_role("button", name="Sign in")).to_be_visible()
    assert page.context.cookies() == []


def test_a_failed_request_is_said_where_it_happened(page: Page, someone: Callable[[str], Person]) -> None:
    page.route("**/api/upload/user/**", lambda route: route.abort())
    sign_in(page, someone("ken").email)
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    page.unroute("**/api/upload/user/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()


# ---- before there is an account


def test_a_visitor_watches_a_film_and_rating_it_asks_for_an_account_and_then_counts(
    page: Page, someone: Callable[[str], Person], bunny: Path
) -> None:
    owner, visitor = someone("john"), someone("grete")
    film = owner.upload(another(bunny), "Bunny.mp4")
    owner.until_streamed(film)
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)

    page.goto(f"/#/videos/{film}")  # as links were before
    expect(page).to_have_url(re.compile(f"/library/videos/{film}$"))
    expect(page.get_by_role("heading", name="Bunny")).to_be_visible()
    video = page.locator("video")
    page.get_by_role("button", name="Play").first.click()
    until(video, "video => video.currentTime > 0.5")
    page.keyboard.press("k")
    until(video, "video => video.paused")
    assert refused == [], "an account was needed only to look"

    stopped_at = video.evaluate("video => video.currentTime")
    page.get_by_role("radio", name="5 of 5").click()
    expect(page.locator("#sign-in .why")).to_have_text("Sign in and your rating counts.")
    page.keyboard.press("Escape")
    expect(page.locator("#sign-in")).to_have_count(0)
    expect(page.get_by_role("radio", name="5 of 5")).not_to_be_checked()
    page.get_by_role("radio", name="5 of 5").click()
    fill_in(page, visitor.email)
    expect(page.locator(".average")).to_have_text("★ 5.0 on average")
    assert video.evaluate("video => video.currentTime") == stopped_at, "signing in began the film anew"


def test_a_file_chosen_by_a_visitor_is_uploaded_once_there_is_an_account(
    page: Page, someone: Callable[[str], Person], tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("first")
    page.goto("/library")
    page.get_by_role("main").locator("input[type=file]").set_input_files(note)
    fill_in(page, someone("hedy").email)
    expect(page.locator("#transfers li")).to_have_attribute("data-state", "arrived")
    expect(page.get_by_role("list", name="Files")).to_contain_text("note")


def test_the_keyboard_alone_signs_in_and_opens_a_file(page: Page, someone: Callable[[str], Person]) -> None:
    person = someone("alan")
    person.upload(b"Tab, Enter, Escape", "keys.txt", category="documents", mimeType="text/plain")
    page.goto("/library")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    press_until_focused(page, "Tab", page.get_by_role("main").get_by_role("button", name="Sign in"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    link = page.get_by_role("list", name="Files").get_by_role("link", name="keys")
    expect(link).to_be_visible()
    press_until_focused(page, "Tab", link)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="keys", level=1)).to_be_focused()
    edit = page.get_by_role("button", name="Edit")
    press_until_focused(page, "Tab", edit)
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(edit).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", name="Your library")).to_be_focused()


def test_back_and_forward_go_where_one_was(page: Page, someone: Callable[[str], Person]) -> None:
    person = someone("ada")
    for number in range(6):
        person.upload(f"page {number}".encode(), f"page {number}.txt", category="documents", mimeType="text/plain")
    page.set_viewport_size({"width": 700, "height": 400})
    sign_in(page, person.email)
    link = page.get_by_role("list", name="Files").get_by_role("link", name="page 0", exact=False).last
    link.scroll_into_view_if_needed()
    was = page.evaluate("scrollY")
    assert was > 0
    link.click()
    expect(page).to_have_title("page 0 · Bobine")
    page.go_back()
    expect(page.get_by_role("heading", name="Your library")).to_be_visible()
    page.wait_for_function("was => Math.abs(scrollY - was) < 60", arg=was)
    page.go_forward()
    expect(page).to_have_title("page 0 · Bobine")
    page.goto("/library/videos/nobody-has-this")
    expect(page.get_by_role("heading", name="This file is not here")).to_be_visible()
    page.goto("/library/nonsense")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_all_of_it_is_in_french_and_fits_a_phone(
    browser: Browser, platform: str, someone: Callable[[str], Person]
) -> None:
    person = someone("marie")
    note = person.upload(b"Bonjour", "mot.txt", category="documents", mimeType="text/plain")
    english = english_only()
    with browser.new_context(
        base_url=platform, locale="fr-FR", viewport={"width": 360, "height": 740}, has_touch=True
    ) as context:
        page = context.new_page()
        mailed = ("/account/verify", "/account/reset#token=x", "/account/people")
        for address in ("/", "/library", "/account", *mailed, f"/library/documents/{note}", "/library/nonsense"):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            seems_french(page, english)
        page.goto("/library")
        page.get_by_role("main").get_by_role("button", name="Se connecter").click()
        seems_french(page, english)
        page.get_by_label("Adresse e-mail").fill(person.email)
        page.get_by_label("Mot de passe").fill(PASSWORD)
        submit(page)
        expect(page.locator("#usage")).to_have_text(re.compile(r"^1 fichier · 0,000\sGio utilisés$"))
        for address in ("/library", "/account", "/account/people", f"/library/documents/{note}"):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            seems_french(page, english)

        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("button", name="Delete")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Delete")).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == "en"


def test_the_api_reference_is_rendered_from_our_own_files(page: Page, platform: str) -> None:
    elsewhere: list[str] = []
    page.on("request", lambda asked: None if asked.url.startswith((platform, "data:")) else elsewhere.append(asked.url))
    page.goto("/docs")
    expect(page.locator(".opblock").filter(has_text="/api/upload/init").first).to_be_visible()
    assert elsewhere == []


# ---- what a person does


def register(page: Page, name: str) -> None:
    page.get_by_role("button", name="Get started").first.click()
    unique = f"{name}-{uuid.uuid4().hex[:8]}"
    page.get_by_label("E-mail").fill(f"{unique}@example.com")
    page.get_by_label("User name").fill(unique)
    page.get_by_label("Password").fill(PASSWORD)
    submit(page)
    expect(page.locator("#sign-in")).to_have_count(0)


def sign_in(page: Page, email: str) -> None:
    page.goto("/library")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    fill_in(page, email)
    expect(page.get_by_role("heading", name="Your library", level=1)).to_be_visible()


def fill_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    submit(page)
    expect(page.locator("#sign-in")).to_have_count(0)


def submit(page: Page) -> None:
    page.locator("#sign-in form button.main").click()


def choose(page: Page, path: Path) -> None:
    page.locator(".head input[type=file]").set_input_files(path)


def press_until_focused(page: Page, key: str, wanted: Locator) -> None:
    for _ in range(40):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            outline = wanted.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline != "none", "the focus cannot be seen"
            return
    raise AssertionError(f"{key} never reached {wanted}")


def large_file(folder: Path) -> Path:
    """20 MiB, three parts, of no kind that anybody would look into."""
    path = folder / "backup.dat"
    path.write_bytes(os.urandom(20 * MIB))
    return path


def half_way(page: Page) -> None:
    """Until the progress bar shows that something, and not all, has been sent."""
    until(page.locator("#transfers progress"), "bar => bar.value > 0 && bar.value < bar.max")


# ---- what is seen of it


@contextmanager
def slow_line(page: Page, rate: int) -> Iterator[None]:
    """A line that sends `rate` bytes a second, so that there is a progress to be seen."""
    session = page.context.new_cdp_session(page)
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": rate})
    yield
    session.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": -1})
    session.detach()


def part_uploads(page: Page) -> list[int]:
    """The part numbers that S3 has stored, as they come."""
    stored: list[int] = []

    def note(response: Any) -> None:
        if is_stored_part(response):
            stored.append(int(re.findall(r"partNumber=(\d+)", response.url)[0]))

    page.on("response", note)
    return stored


def is_stored_part(response: Any) -> bool:
    return response.request.method == "PUT" and "partNumber=" in response.url and response.status == 200


def until_saved(page: Page, position: float) -> None:
    """Until the platform has this position of the open film, in seconds. Which request brought it is the page's own."""
    file_id = page.url.rpartition("/")[2]
    page.wait_for_function(
        """async ([id, position]) => {
          const saved = await (await fetch(`/api/watch-progress/${id}`, { cache: "no-store" })).json();
          return saved && Math.abs(saved.current_time - position) < 0.01;
        }""",
        arg=[file_id, position],
        polling=200,
        timeout=30 * SECONDS,
    )


def nothing_secret_is_kept(page: Page) -> None:
    """No token is anywhere a script can read; the session is a cookie that none can."""
    kept = page.evaluate("({ ...localStorage })")
    assert set(json.loads(kept["bobine.account"])) == {"id", "name", "renewed"}
    assert set(kept) <= {"bobine.account", "bobine.uploads", "bobine.volume", "bobine.language"}
    assert page.evaluate("[document.cookie, sessionStorage.length]") == ["", 0]
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]


def who_is(page: Page, key: str) -> int:
    """The status that a program with this key gets for the account."""
    script = "key => fetch('/users/me', { headers: { 'X-API-Key': key }, credentials: 'omit' }).then(a => a.status)"
    status: int = page.evaluate(script, key)
    return status


def english_only() -> set[str]:
    """What only English says: the dictionary's whole entries that French says otherwise."""
    french = {entry for entry in words("fr").values() if isinstance(entry, str)}
    return {entry for entry in words("en").values() if isinstance(entry, str)} - french


def seems_french(page: Page, english: set[str]) -> None:
    """Nothing said or read out is a sentence of the English dictionary, and nothing sticks out to the side."""
    said = page.evaluate(
        """() => {
          const attributes = ["aria-label", "title", "placeholder", "alt"];
          const elements = [...document.querySelectorAll("body *")].filter(one => one.lang !== "en");
          const texts = elements.flatMap(one => [...one.childNodes]).filter(node => node.nodeType === Node.TEXT_NODE);
          const read = elements.flatMap(one => attributes.map(name => one.getAttribute(name)));
          return [...texts.map(node => node.data.trim()), ...read].filter(Boolean);
        }"""
    )
    assert said
    assert [one for one in said if one in english] == []
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def until(element: Locator, condition: str) -> None:
    handle = element.element_handle()
    element.page.wait_for_function(condition, arg=handle, timeout=30 * SECONDS)
