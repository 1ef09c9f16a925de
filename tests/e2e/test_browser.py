"""The product in a browser: what a person does on a first evening with it."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Person

pytestmark = pytest.mark.xdist_group("e2e")
MIB = 1 << 20
SECONDS = 1000  # milliseconds


def test_a_person_registers_uploads_a_film_watches_leaves_and_goes_on(page: Page, film: Path) -> None:
    register(page, "grace")
    parts = part_uploads(page)
    with slow_line(page, 8 * MIB):
        choose(page, film)
        half_way(page)
        expect(page.locator("#transfers .words")).to_have_text(
            re.compile(r"MiB of 20\.\d MiB · [\d.]+ MiB/s · \d+ s left")
        )
        expect(page.locator("#transfers li")).to_have_attribute("data-state", "arrived", timeout=60 * SECONDS)
    assert sorted(parts) == [1, 2, 3]

    card = page.get_by_role("list", name="Files").get_by_role("listitem").filter(has_text="The rabbit")
    expect(card.locator(".badge")).to_have_count(0, timeout=60 * SECONDS)  # ready to be streamed
    streamed: list[str] = []
    page.on("request", lambda request: streamed.append(request.url) if "/api/stream/" in request.url else None)
    card.get_by_role("link").click()
    video = page.locator("video")
    page.get_by_role("button", name="Play").first.click()
    until(video, "video => video.currentTime > 1")
    assert video.evaluate("video => video.videoWidth") > 0
    assert video.evaluate("video => video.currentSrc").startswith("blob:")  # hls.js feeds it
    assert any(url.endswith("/master.m3u8") for url in streamed)

    slider = page.get_by_role("slider", name="Position")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    until(video, "video => video.currentTime > 20 && !video.seeking && video.readyState >= 3")
    with page.expect_response(lambda response: is_saving(response.request)) as saved:
        video.click()  # pauses
    assert saved.value.ok
    stopped_at = video.evaluate("video => video.currentTime")

    page.reload()
    until(video, "video => video.readyState >= 2")
    assert video.evaluate("video => video.currentTime") == pytest.approx(stopped_at, abs=0.5)
    page.get_by_role("button", name="Play").first.click()
    until(video, f"video => video.currentTime > {stopped_at + 0.5}")

    page.get_by_role("radio", name="4 of 5").check()
    expect(page.locator(".average")).to_have_text("★ 4.0 on average")
    page.get_by_role("button", name="Back to the library").click()
    expect(page.locator("#continue .card")).to_contain_text("The rabbit")
    expect(page.locator("#continue .card progress")).to_have_count(1)
    expect(page.locator("#top .card")).to_contain_text("★ 4.0 · 1")
    expect(card.locator("img.here")).to_have_count(1)  # its poster
    expect(page.locator("#usage")).to_have_text(re.compile(r"^1 file · 0\.02\d GiB used$"))


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


def test_an_upload_can_pause(page: Page, someone: Callable[[str], Person], tmp_path: Path) -> None:
    sign_in(page, someone("tony").email)
    with slow_line(page, 4 * MIB):
        choose(page, large_file(tmp_path))
        half_way(page)
        page.get_by_role("button", name="Pause").click()
        expect(page.locator("#transfers .words")).to_contain_text("paused")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#transfers li")).to_have_attribute("data-state", "arrived", timeout=60 * SECONDS)


def test_an_upload_waits_for_a_lost_line(page: Page, someone: Callable[[str], Person], tmp_path: Path) -> None:
    sign_in(page, someone("leslie").email)
    with slow_line(page, 4 * MIB):
        choose(page, large_file(tmp_path))
        half_way(page)
    page.context.set_offline(True)
    expect(page.locator("#transfers .words")).to_contain_text("goes on by itself")
    page.context.set_offline(False)
    expect(page.locator("#transfers li")).to_have_attribute("data-state", "arrived", timeout=60 * SECONDS)


def test_a_wrong_password_is_said_and_loses_nothing_typed(page: Page, someone: Callable[[str], Person]) -> None:
    email = someone("barbara").email
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="password")).to_have_text(
        "The e-mail address or the password is wrong."
    )
    expect(page.get_by_label("E-mail")).to_have_value(email)
    expect(page.get_by_label("Password")).to_have_value("not it")


def test_a_taken_address_is_said_next_to_the_form(page: Page, someone: Callable[[str], Person]) -> None:
    page.get_by_role("button", name="Make an account").click()
    page.get_by_label("E-mail").fill(someone("donald").email)
    page.get_by_label("User name").fill("somebody-else")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in button.main").click()
    expect(page.locator("#sign-in .error")).to_contain_text("not taken")
    expect(page.get_by_label("User name")).to_have_value("somebody-else")


def test_a_file_is_read_renamed_and_deleted(page: Page, someone: Callable[[str], Person], tmp_path: Path) -> None:
    sign_in(page, someone("adele").email)
    note = tmp_path / "Émoi <b>.txt"
    note.write_text("Il était une fois <script>alert(1)</script>")
    choose(page, note)
    page.get_by_role("link", name="Open").click()
    expect(page.locator(".viewer pre")).to_have_text(note.read_text())

    page.get_by_role("button", name="Edit").last.click()
    page.get_by_role("textbox", name="Title").fill("Once upon a time")
    page.get_by_label("Poster from a web address").fill("http://127.0.0.1:9/private.jpg")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#edit .error")).to_be_visible()  # addresses of this machine are nobody's business
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Once upon a time")
    page.get_by_label("Poster from a web address").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Once upon a time")).to_be_visible()

    page.locator("#file .delete").click()
    page.locator("#confirm .danger").click()
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#usage")).to_have_text("0 files · 0.000 GiB used")


def test_a_session_that_ended_is_taken_up_again(page: Page, someone: Callable[[str], Person]) -> None:
    email = someone("frances").email
    sign_in(page, email)
    page.evaluate(
        """() => {
          const session = JSON.parse(localStorage.getItem("bobine.session"));
          localStorage.setItem("bobine.session", JSON.stringify({ ...session, access: "ended", refresh: "used" }));
        }"""
    )
    page.reload()
    expect(page.locator("#sign-in .why")).to_contain_text("Your session has ended")
    sign_in(page, email)
    expect(page.locator("#empty")).to_be_visible()


def test_an_access_token_that_ran_out_is_renewed_unnoticed(page: Page, someone: Callable[[str], Person]) -> None:
    sign_in(page, someone("dennis").email)
    page.evaluate(
        """() => {
          const session = JSON.parse(localStorage.getItem("bobine.session"));
          localStorage.setItem("bobine.session", JSON.stringify({ ...session, access: "ran out" }));
        }"""
    )
    page.reload()
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#usage")).to_have_text("0 files · 0.000 GiB used")
    expect(page.locator("#sign-in")).to_be_hidden()


def test_a_failed_request_is_said_where_it_happened(page: Page, someone: Callable[[str], Person]) -> None:
    page.route("**/api/upload/user/**", lambda route: route.abort())
    sign_in(page, someone("ken").email)
    expect(page.locator("#loading-error")).to_contain_text("The server cannot be reached")
    page.unroute("**/api/upload/user/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#empty")).to_be_visible()


def test_the_api_reference_is_rendered_from_our_own_files(page: Page, platform: str) -> None:
    elsewhere: list[str] = []
    page.on("request", lambda asked: None if asked.url.startswith((platform, "data:")) else elsewhere.append(asked.url))
    page.goto("/docs")
    expect(page.locator(".opblock").filter(has_text="/api/upload/init").first).to_be_visible()
    assert elsewhere == []


# ---- what a person does


def register(page: Page, name: str) -> None:
    page.get_by_role("button", name="Make an account").click()
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in button.main").click()
    expect(page.locator("#empty")).to_be_visible()


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in button.main").click()
    expect(page.locator("#sign-in")).to_be_hidden()


def choose(page: Page, path: Path) -> None:
    page.locator("#choose").set_input_files(path)


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


def is_saving(request: Any) -> bool:
    return request.method == "POST" and "/api/watch-progress/" in request.url


def until(element: Locator, condition: str) -> None:
    handle = element.element_handle()
    element.page.wait_for_function(condition, arg=handle, timeout=30 * SECONDS)
