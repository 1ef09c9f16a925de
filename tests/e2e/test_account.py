"""One's account in a browser: confirmed by mail, opened in two steps, lost and found, left and brought back."""

import json
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import pyotp
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Person, Running

pytestmark = pytest.mark.xdist_group("e2e")
SECOND, THIRD = "a second password of theirs", "and a third one by mail"
LINK = re.compile(r"https?://\S+(/account/\S+)")


def test_an_account_is_confirmed_secured_lost_found_left_and_brought_back(page: Page, bobine: Running) -> None:
    email = register(page)
    page.goto(mailed(bobine, email, "verify"))
    expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    assert page.evaluate("location.hash") == ""
    page.get_by_role("button", name="To your account").click()
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()

    secret, recovery = set_up_two_steps(page)
    sign_out(page)
    sign_in(page, email, PASSWORD)
    code = page.get_by_label("Code")
    code.fill("000000")  # six digits go by themselves
    expect(page.locator("#sign-in .field .error")).to_have_text("This code is not right, or has been used already.")
    code.fill(pyotp.TOTP(secret).at(int(time.time()) + 30))  # the one after that of the set-up, which is good once
    expect(page.locator("#sign-in")).to_have_count(0)

    program = {"email": email, "password": PASSWORD, "totp": recovery.pop()}
    curl = {"user-agent": "curl/8.5.0"}
    assert httpx.post(f"{bobine.url}/api/v1/auth/login", json=program, headers=curl, timeout=60).is_success
    page.goto("/account")
    sessions = page.locator(".sessions li")
    expect(sessions.filter(has_text="Chrome on Linux")).to_contain_text("This one")
    page.get_by_role("button", name="End curl/8.5.0").click()
    expect(sessions.filter(has_text="curl")).to_have_count(0)

    change_password(page)
    sign_out(page)
    forget_password(page, email)
    page.goto(mailed(bobine, email, "reset"))
    page.get_by_label("New password").fill(THIRD)
    assert page.evaluate("location.hash") == ""
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()
    page.goto(mailed(bobine, email, "reset"))
    page.get_by_label("New password").fill(THIRD)
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_role("heading", name="This link is too old")).to_be_visible()  # it was good for one

    sign_in(page, email, THIRD)
    by_recovery_code(page, recovery.pop())
    page.goto("/account")
    page.get_by_role("button", name="Delete my account").click()
    page.locator("#leave").get_by_role("button", name="Delete my account").click()
    expect(page.locator("#left")).to_contain_text("Until then, signing in brings it back.")
    page.locator("#left .actions button").click()
    sign_in(page, email, THIRD)
    by_recovery_code(page, recovery.pop())
    expect(page.get_by_text("Welcome back: your account will not be deleted")).to_be_visible()


def test_a_profile_has_a_name_words_and_a_picture_and_errors_beside_them(page: Page, tmp_path: Path) -> None:
    register(page)
    page.goto("/account")
    page.get_by_label("Display name").fill(" ")
    page.get_by_label("About you").fill("I film rabbits")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".profile .field .error:visible")).to_have_text("This is needed.")
    expect(page.get_by_label("About you")).to_have_value("I film rabbits")
    page.get_by_label("Display name").fill("Grace <b>")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Grace <b>")).to_be_visible()
    expect(page.locator(".bar .me")).to_have_text("GGrace <b>")

    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing of the kind")
    choose = page.locator(".face input")
    choose.set_input_files(broken)
    expect(page.locator(".profile .who .error")).to_have_text("This picture cannot be read. Try another one.")
    picture = tmp_path / "grace.png"
    Image.new("RGB", (300, 200), "#7a3").save(picture)
    choose.set_input_files(picture)
    expect(page.get_by_text("This is you now")).to_be_visible()
    expect(page.locator(".face .initial")).to_contain_text("G")  # below the picture, and seen where that does not come
    expect(page.get_by_role("button", name="Remove")).to_be_visible()

    with page.expect_download() as taken:
        page.get_by_role("button", name="Download").click()
    profile = json.loads(Path(taken.value.path()).read_text())["profile"]
    assert (profile["displayName"], profile["bio"]) == ("Grace <b>", "I film rabbits")


def test_an_administrator_suspends_somebody_who_hears_why(
    page: Page, administrator: Person, someone: Callable[[str], Person]
) -> None:
    target = someone("mallory")
    sign_in(page, administrator.email, PASSWORD)
    expect(page.locator(".bar .me")).to_be_visible()
    page.goto("/account")
    page.get_by_role("link", name="People").click()
    row = page.locator(".people li").filter(has_text=target.email)
    search = page.get_by_label("User name or e-mail")
    search.fill("nobody-is-called-this")
    expect(page.get_by_text("Nobody’s name or address begins so.")).to_be_visible()
    search.fill(target.email[:-4].upper())
    expect(page.locator(".people li")).to_have_count(1)
    row.get_by_role("combobox").select_option("moderator")
    expect(page.locator(".toast").filter(has_text="Moderator")).to_be_visible()
    row.get_by_role("button", name="Suspend").click()
    page.locator("#suspend").get_by_role("button", name="Suspend").click()
    expect(page.locator("#suspend .error:visible")).to_have_text("This is needed.")
    page.get_by_label("Reason").fill("spam, again & again")
    page.locator("#suspend").get_by_role("button", name="Suspend").click()
    expect(row).to_contain_text("Suspended: spam, again & again")
    row.get_by_role("combobox").select_option("admin")
    expect(page.locator(".toast").filter(has_text="closed or suspended")).to_be_visible()
    expect(row.get_by_role("combobox")).to_have_value("moderator")

    page.goto("/account")
    sign_out(page)
    sign_in(page, target.email, PASSWORD)
    expect(page.locator("#sign-in [role=alert]")).to_have_text("This account is suspended: spam, again & again")


# ---- what a person does


def register(page: Page) -> str:
    """Their address; its part before the @ is their user name."""
    name = f"grace-{uuid.uuid4().hex[:8]}"
    page.get_by_role("button", name="Get started").first.click()
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in form button.main").click()
    expect(page.locator("#sign-in")).to_have_count(0)
    return f"{name}@example.com"


def set_up_two_steps(page: Page) -> tuple[str, list[str]]:
    """The secret and the recovery codes, as the page shows them."""
    page.get_by_role("button", name="Set up").click()
    dialog = page.locator("#second-factor")
    secret = dialog.get_by_label("Secret").input_value()
    drawn = dialog.get_by_role("img").evaluate("image => image.naturalWidth")
    assert drawn > 100
    dialog.get_by_label("Code", exact=True).fill("12345")
    dialog.get_by_role("button", name="Turn it on").click()
    expect(dialog.locator(".field .error:visible")).to_contain_text("not the code that the app shows")
    dialog.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    dialog.get_by_role("button", name="Turn it on").click()
    codes = page.locator("#recovery-codes code")
    expect(codes).to_have_count(10)
    shown = codes.all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("button", name="Turn off")).to_be_visible()
    return secret, shown


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.locator(".bar .enter")).to_be_visible()


def sign_in(page: Page, email: str, password: str) -> None:
    page.locator(".bar .enter").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.locator("#sign-in form button.main").click()


def by_recovery_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code.lower())
    page.locator("#sign-in form button.main").click()
    expect(page.locator("#sign-in")).to_have_count(0)


def change_password(page: Page) -> None:
    page.get_by_role("button", name="Change password").click()
    page.get_by_label("Current password").fill("not this one")
    page.get_by_label("New password").fill(SECOND)
    page.get_by_role("button", name="Save the new password").click()
    expect(page.locator("#password .error:visible")).to_have_text("This is not your current password.")
    expect(page.get_by_label("New password")).to_have_value(SECOND)
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    expect(page.locator(".sessions li")).to_have_count(1)


def forget_password(page: Page, email: str) -> None:
    page.locator(".bar .enter").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Forgot your password?").click()
    expect(page.get_by_label("E-mail")).to_have_value(email)
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.locator("#sign-in")).to_contain_text(f"If {email} has an account here, a mail is on its way")


def mailed(bobine: Running, email: str, page: str) -> str:
    """Where the latest mail to them that is about this leads, once it is there."""
    for _ in range(200):
        for path in sorted((bobine.data / "mails").glob(f"*-{email}.eml"), reverse=True):
            found = LINK.search(path.read_text())
            if found and found[1].startswith(f"/account/{page}#"):
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {email} leads to /account/{page}")
