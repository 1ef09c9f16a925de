"""Every door: signing up and in, the second factor, forgotten passwords, addresses, the first administrator."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pyotp
import pytest

from functions.accounts.doors import WRONG_FOR_ONE
from functions.mail.app import handler as mail
from shared import aws, clock
from shared.accounts import accounts, credentials, guesses, keys, sessions, standing
from shared.tables import ACCOUNTS
from tests import cloud
from tests.conftest import Person
from tests.transport import Gateway

PASSWORD = "strong-password"
ADA = {"username": "ada_l", "email": "ada@example.com", "password": PASSWORD}
LOGIN = {"email": "ada@example.com", "password": PASSWORD}


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock. It stands still, in the middle of a limit's window and of a code's step."""
    start = clock.now() // 3600 * 3600 + 60 + 15
    now = [start]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def later(seconds: float) -> None:
        now[0] += seconds

    return later


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[tuple[str, str, str]]]:
    """Runs the mail worker on what is queued; the mails that SES got: (to, subject, text)."""
    monkeypatch.setenv("MAIL_FROM", "bobine@example.com")
    sent: list[tuple[str, str, str]] = []

    class Ses:
        def send_email(self, **mail: Any) -> None:
            simple = mail["Content"]["Simple"]
            assert mail["FromEmailAddress"] == "bobine@example.com"
            to = mail["Destination"]["ToAddresses"]
            sent.append((*to, simple["Subject"]["Data"], simple["Body"]["Text"]["Data"]))

    client = aws.client
    monkeypatch.setattr(aws, "client", lambda service: Ses() if service == "sesv2" else client(service))

    def work() -> list[tuple[str, str, str]]:
        sent.clear()
        records = [{"messageId": str(n), "body": json.dumps(body)} for n, body in enumerate(cloud.messages("mail"))]
        assert mail({"Records": records}, None) == {"batchItemFailures": []}
        return list(sent)

    return work


def token_in(letter: tuple[str, str, str]) -> str:
    found = re.search(r"#token=(\S+)", letter[2])
    assert found
    return found[1]


def bearer(opened: sessions.Opened) -> dict[str, str]:
    return {"authorization": f"Bearer {opened.access_token}"}


def with_second_factor(http: httpx.Client) -> tuple[str, pyotp.TOTP, list[str], dict[str, str]]:
    """An account of Ada's that asks for a code: its id, her app, her recovery codes, a session's header."""
    account_id = http.post("/auth/register", json=ADA).json()["userId"]
    signed = bearer(sessions.open_for(account_id, 1))
    setup = http.post("/users/me/2fa/setup", headers=signed)
    assert setup.status_code == 201
    app = pyotp.TOTP(setup.json()["secret"])
    enabled = http.post("/users/me/2fa/enable", json={"token": app.at(int(clock.now()))}, headers=signed)
    assert enabled.status_code == 200
    return account_id, app, enabled.json()["recoveryCodes"], signed


# ---- Créalia's doors


def test_signing_up_and_in_as_crealia_has_it(http: httpx.Client) -> None:
    new = {"email": "zoe@example.com", "name": "Zoé Dupont", "password": PASSWORD}
    made = http.post("/api/auth/signup", json=new)
    assert (made.status_code, made.json()["success"]) == (201, True)
    assert accounts.get(made.json()["userId"]).username == "zoe-dupont"
    again = http.post("/api/auth/signup", json=new)
    assert (again.status_code, again.json()["code"]) == (409, "EMAIL_TAKEN")
    other = http.post("/api/auth/signup", json=new | {"email": "zoe2@example.com"}).json()["userId"]
    assert re.fullmatch(r"zoe-dupont-\d{1,5}", accounts.get(other).username)
    signed = http.post("/api/auth/signin", json={"email": "zoe@example.com", "password": PASSWORD})
    assert (signed.status_code, signed.headers["location"]) == (302, "/")
    assert "next-auth.session-token=" in signed.headers["set-cookie"]
    cookie = signed.headers["set-cookie"].partition(";")[0]
    assert http.get("/users/me", headers={"cookie": cookie}).json()["displayName"] == "Zoé Dupont"


def test_signing_in_takes_a_form_too_and_goes_where_it_was_asked_to(http: httpx.Client) -> None:
    http.post("/auth/register", json=ADA)
    form = LOGIN | {"callbackUrl": "/library/videos?sort=new#top", "csrfToken": "x"}
    signed = http.post("/api/auth/signin", data=form)
    assert (signed.status_code, signed.headers["location"]) == (302, "/library/videos?sort=new#top")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/",
        "//evil.test",
        "/a\u0000b",
        "/\t/evil.test",
        "/\\evil.test",
        "evil",
        "javascript:alert(1)",
        "/a\nb",
        "/ x",
        "\\/evil",
    ],
)
def test_no_sign_in_leads_to_another_site(http: httpx.Client, url: str) -> None:
    http.post("/auth/register", json=ADA)
    signed = http.post("/api/auth/signin", json=LOGIN | {"callbackUrl": url})
    assert (signed.status_code, signed.headers["location"]) == (302, "/")


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("/é", "/%C3%A9"),
        ("/日本?q=ü#ß", "/%E6%97%A5%E6%9C%AC?q=%C3%BC#%C3%9F"),
        ("/a%20b%0d", "/a%20b%0d"),
        ("/\ud800", "/%3F"),
    ],
)
def test_a_path_in_any_script_is_gone_to(http: httpx.Client, url: str, location: str) -> None:
    http.post("/auth/register", json=ADA)
    body = json.dumps(LOGIN | {"callbackUrl": url})
    signed = http.post("/api/auth/signin", content=body, headers={"content-type": "application/json"})
    assert (signed.status_code, signed.headers.get("location")) in ((302, location), (400, None))


@pytest.mark.parametrize(
    "sent",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
    ],
)
def test_another_sites_form_signs_nobody_in(http: httpx.Client, sent: dict[str, str]) -> None:
    http.post("/auth/register", json=ADA)
    foreign = http.post("/api/auth/signin", data=LOGIN, headers=sent)
    assert foreign.status_code == 403
    assert "set-cookie" not in foreign.headers


def test_wrong_credentials_are_a_401_of_the_documented_shape(http: httpx.Client) -> None:
    wrong = http.post("/api/auth/signin", json=LOGIN)
    assert (wrong.status_code, wrong.json()) == (401, {"error": "Invalid credentials", "code": "INVALID_CREDENTIALS"})


def test_five_sign_ins_in_a_quarter_of_an_hour_and_three_sign_ups_in_an_hour(
    http: httpx.Client, moment: Callable[[float], None]
) -> None:
    http.post("/auth/register", json=ADA)
    answers = [http.post("/api/auth/signin", json=LOGIN) for _ in range(6)]
    assert [one.status_code for one in answers] == [302] * 5 + [429]
    assert answers[0].headers["x-ratelimit-limit"] == "5"
    assert answers[5].json()["error"] == "Too Many Requests"
    moment(15 * 60)
    assert http.post("/api/auth/signin", json=LOGIN).status_code == 302
    new = [{"email": f"new{n}@example.com", "name": "New", "password": PASSWORD} for n in range(4)]
    assert [http.post("/api/auth/signup", json=one).status_code for one in new] == [201, 201, 201, 429]


def test_one_account_is_not_guessed_at_from_everywhere(http: httpx.Client, moment: Callable[[float], None]) -> None:
    """A hundred wrong passwords in an hour, whatever the addresses they come from."""
    http.post("/auth/register", json=ADA)
    statuses = []
    for n in range(WRONG_FOR_ONE.requests // 10 + 1):
        with httpx.Client(transport=Gateway(f"198.51.100.{n}"), base_url="https://bobine.test") as there:
            wrong = [there.post("/api/v1/auth/login", json=LOGIN | {"password": "no"}) for _ in range(10)]
            statuses += [one.status_code for one in wrong]
    assert statuses == [401] * 100 + [429] * 10


# ---- the second factor


def test_setting_a_second_factor_up_shows_a_secret_and_a_qr_code(http: httpx.Client, ada: Person) -> None:
    setup = ada.http.post("/users/me/2fa/setup")
    assert setup.status_code == 201
    body = setup.json()
    assert set(body) == {"secret", "qrCodeDataUrl"}
    assert re.fullmatch(r"[A-Z2-7]{32}", body["secret"])
    assert body["qrCodeDataUrl"].startswith("data:image/png;base64,iVBOR")
    assert ada.http.get("/users/me").json()["isTwoFactorEnabled"] is False  # nothing is asked for yet
    row = ACCOUNTS.get(f"ACCOUNT#{ada.id}", "TOTP")
    assert row is not None
    assert body["secret"] not in json.dumps(row, default=str)


def test_enabling_takes_the_apps_own_code(http: httpx.Client, ada: Person, moment: Callable[[float], None]) -> None:
    early = ada.http.post("/users/me/2fa/enable", json={"token": "123456"})
    assert (early.status_code, early.json()["error"]) == (400, "Invalid token")
    app = pyotp.TOTP(ada.http.post("/users/me/2fa/setup").json()["secret"])
    right = app.at(int(clock.now()))
    for wrong in (
        f"{(int(right) + 1) % 1_000_000:06d}",
        app.at(int(clock.now()) - 120),
        "12345",
        "abcdef",
        "１２３４５６",
    ):
        assert ada.http.post("/users/me/2fa/enable", json={"token": wrong}).status_code == 400
    enabled = ada.http.post("/users/me/2fa/enable", json={"token": right})
    assert enabled.status_code == 200
    assert len(set(enabled.json()["recoveryCodes"])) == 10
    assert ada.http.get("/users/me").json()["isTwoFactorEnabled"] is True
    for path, body in (("setup", None), ("enable", {"token": right})):
        assert ada.http.post(f"/users/me/2fa/{path}", json=body).status_code in (400, 409)


def test_every_password_door_asks_for_the_code(http: httpx.Client, moment: Callable[[float], None]) -> None:
    account_id, app, _, _ = with_second_factor(http)
    asked = http.post("/auth/login", json=LOGIN)
    assert asked.status_code == 200
    assert asked.json() == {"message": "2FA required", "requires2FA": True, "userId": account_id}
    assert "set-cookie" not in asked.headers
    for path in ("/api/v1/auth/login", "/api/auth/signin"):
        answer = http.post(path, json=LOGIN)
        assert answer.status_code == 401
        assert "TWO_FACTOR_REQUIRED" in answer.text
        assert "set-cookie" not in answer.headers
        moment(30)
        assert http.post(path, json=LOGIN | {"totp": app.at(int(clock.now()))}).status_code in (200, 302)
    moment(30)
    done = http.post("/auth/verify-2fa", json={"userId": account_id, "token": app.at(int(clock.now()))})
    assert (done.status_code, done.json()["userId"]) == (200, account_id)
    assert "next-auth.session-token=" in done.headers["set-cookie"]


def test_a_code_is_good_once_at_whichever_door(http: httpx.Client, moment: Callable[[float], None]) -> None:
    account_id, app, _, _ = with_second_factor(http)
    used = app.at(int(clock.now()))  # by enabling
    assert http.post("/api/v1/auth/login", json=LOGIN | {"totp": used}).status_code == 401
    moment(30)
    code = app.at(int(clock.now()))
    assert http.post("/api/v1/auth/login", json=LOGIN | {"totp": code}).status_code == 200
    http.post("/auth/login", json=LOGIN)
    replay = http.post("/auth/verify-2fa", json={"userId": account_id, "token": code})
    assert (replay.status_code, replay.json()["code"]) == (401, "INVALID_TWO_FACTOR_CODE")


def test_a_code_finishes_only_a_sign_in_whose_password_was_right(
    http: httpx.Client, moment: Callable[[float], None]
) -> None:
    """Not another account's, not from another place, and not after five minutes."""
    account_id, app, _, _ = with_second_factor(http)
    moment(30)
    code = {"userId": account_id, "token": app.at(int(clock.now()))}
    assert http.post("/auth/verify-2fa", json=code).status_code == 401
    assert http.post("/auth/verify-2fa", json=code | {"userId": "nobody"}).status_code == 401
    http.post("/auth/login", json=LOGIN)
    with httpx.Client(transport=Gateway("198.51.100.7"), base_url="https://bobine.test") as elsewhere:
        assert elsewhere.post("/auth/verify-2fa", json=code).status_code == 401
    moment(301)
    late = {"userId": account_id, "token": app.at(int(clock.now()))}
    assert http.post("/auth/verify-2fa", json=late).status_code == 401
    http.post("/auth/login", json=LOGIN)
    assert http.post("/auth/verify-2fa", json=late).status_code == 200
    assert http.post("/auth/verify-2fa", json=late).status_code == 401  # and it is finished once


def test_codes_are_not_guessed(http: httpx.Client, moment: Callable[[float], None]) -> None:
    account_id, app, _, _ = with_second_factor(http)
    http.post("/auth/login", json=LOGIN)
    wrong = [http.post("/auth/verify-2fa", json={"userId": account_id, "token": "000000"}) for _ in range(6)]
    assert [one.status_code for one in wrong] == [401] * guesses.WRONG.requests + [429]
    moment(30)
    assert http.post("/api/v1/auth/login", json=LOGIN | {"totp": app.at(int(clock.now()))}).status_code == 429
    moment(15 * 60)
    assert http.post("/api/v1/auth/login", json=LOGIN | {"totp": app.at(int(clock.now()))}).status_code == 200


def test_a_recovery_code_opens_the_account_once(http: httpx.Client, moment: Callable[[float], None]) -> None:
    _, _, codes, signed = with_second_factor(http)
    typed = codes[0].lower().replace("-", " ")
    assert http.post("/api/v1/auth/login", json=LOGIN | {"totp": typed}).status_code == 200
    assert http.post("/api/v1/auth/login", json=LOGIN | {"totp": codes[0]}).status_code == 401
    renewed = http.post("/users/me/2fa/recovery-codes", json={"token": codes[1]}, headers=signed).json()[
        "recoveryCodes"
    ]
    assert http.post("/api/v1/auth/login", json=LOGIN | {"totp": codes[2]}).status_code == 401
    assert http.post("/api/v1/auth/login", json=LOGIN | {"totp": renewed[2]}).status_code == 200


def test_disabling_takes_a_code(http: httpx.Client, moment: Callable[[float], None]) -> None:
    _, app, _, signed = with_second_factor(http)
    wrong = http.post("/users/me/2fa/disable", json={"token": "000000"}, headers=signed)
    assert (wrong.status_code, wrong.json()["error"]) == (400, "Invalid token")
    moment(30)
    code = {"token": app.at(int(clock.now()))}
    assert http.post("/users/me/2fa/disable", json=code, headers=signed).status_code == 200
    assert http.post("/api/v1/auth/login", json=LOGIN).status_code == 200
    assert http.post("/users/me/2fa/disable", json=code, headers=signed).status_code == 400
    assert http.post("/users/me/2fa/setup", headers=signed).status_code == 201  # and on again


# ---- what mails lead to


def test_an_address_is_verified_by_its_mail(
    http: httpx.Client, letters: Callable[[], list[tuple[str, str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = http.post("/auth/register", json=ADA, headers={"accept-language": "fr-FR,fr"}).json()["userId"]
    (letter,) = letters()
    assert letter[:2] == ("ada@example.com", "Confirmez votre adresse e-mail")
    assert "https://bobine.test/account/verify#token=" in letter[2]
    token = token_in(letter)
    for wrong in ("nonsense", token[:-2], sessions.open_for(account_id, 1).access_token):
        refused = http.post("/auth/verify-email", json={"token": wrong})
        assert (refused.status_code, refused.json()["error"]) == (400, "Invalid token")
    assert http.post("/auth/verify-email", json={"token": token}).status_code == 200
    assert accounts.get(account_id).email_verified
    assert http.post("/auth/verify-email", json={"token": token}).status_code == 200  # a second click
    long_ago = clock.now() - 3 * 86400 - 60
    monkeypatch.setattr(clock, "now", lambda: long_ago)
    old = credentials.verify_token(accounts.get(account_id))
    assert http.post("/auth/verify-email", json={"token": old}).status_code == 400


def test_the_verifying_mail_can_be_asked_for_again(
    http: httpx.Client, ada: Person, letters: Callable[[], list[tuple[str, str, str]]]
) -> None:
    assert ada.http.post("/users/me/verify-email").status_code == 200
    (letter,) = letters()
    assert http.post("/auth/verify-email", json={"token": token_in(letter)}).status_code == 200
    assert ada.http.post("/users/me/verify-email").json()["message"] == "Email already verified"
    assert letters() == []


def test_a_forgotten_password_is_replaced_through_the_mail(
    http: httpx.Client, letters: Callable[[], list[tuple[str, str, str]]]
) -> None:
    account_id = http.post("/auth/register", json=ADA).json()["userId"]
    http.post("/auth/verify-email", json={"token": token_in(letters()[0])})
    old, key = sessions.open_for(account_id, 1), keys.create(account_id, 1, "a program")[0]
    assert http.post("/auth/forgot-password", json={"email": " ADA@example.com"}).status_code == 200
    (letter,) = letters()
    reset = {"token": token_in(letter), "password": "another-password"}
    assert http.post("/auth/reset-password", json=reset | {"password": "short"}).status_code == 400
    assert http.post("/auth/reset-password", json=reset).status_code == 200
    assert http.post("/auth/reset-password", json=reset).status_code == 400  # good for one password
    assert [subject for _, subject, _ in letters()] == ["Your password was changed"]
    assert http.post("/api/v1/auth/login", json=LOGIN).status_code == 401
    assert http.post("/api/v1/auth/login", json=LOGIN | {"password": "another-password"}).status_code == 200
    assert http.get("/users/me", headers=bearer(old)).status_code == 401
    assert http.get("/users/me", headers={"x-api-key": key}).status_code == 200  # its owner's own


def test_who_reads_the_mail_of_a_squatted_address_gets_it_alone(
    http: httpx.Client, letters: Callable[[], list[tuple[str, str, str]]], moment: Callable[[float], None]
) -> None:
    account_id, _, _, signed = with_second_factor(http)
    key = keys.create(account_id, 1, "kept for later")[0]
    letters()
    http.post("/auth/forgot-password", json={"email": "ada@example.com"})
    reset = {"token": token_in(letters()[0]), "password": "another-password"}
    assert http.post("/auth/reset-password", json=reset).status_code == 200
    for way in (signed, {"x-api-key": key}):
        assert http.get("/users/me", headers=way).status_code == 401
    opened = http.post("/api/v1/auth/login", json=LOGIN | {"password": "another-password"})
    assert opened.status_code == 200  # without the squatter's second factor
    assert accounts.get(account_id).email_verified


def test_nobody_learns_whether_an_address_has_an_account(
    http: httpx.Client, letters: Callable[[], list[tuple[str, str, str]]]
) -> None:
    http.post("/auth/register", json=ADA)
    letters()
    known, unknown = (
        http.post("/auth/forgot-password", json={"email": email}) for email in ("ada@example.com", "who@example.com")
    )
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert [to for to, _, _ in letters()] == ["ada@example.com"]


def test_nobodys_mailbox_is_flooded(http: httpx.Client, moment: Callable[[float], None]) -> None:
    asked = [http.post("/auth/forgot-password", json={"email": "who@example.com"}).status_code for _ in range(6)]
    assert asked == [200] * 5 + [429]


def test_a_reset_token_is_no_other_token_and_none_is_it(http: httpx.Client, ada: Person) -> None:
    secret = "a secret of the tests, 32 bytes or more"
    claims = {"use": "verify", "sub": ada.id, "iat": 0, "exp": 9_999_999_999, "era": 1, "of": "x"}
    for use in ("verify", "access", "reset"):
        token = jwt.encode(claims | {"use": use}, secret, algorithm="HS256")
        reset = http.post("/auth/reset-password", json={"token": token, "password": PASSWORD})
        assert reset.status_code == 400


def test_a_stranger_has_us_write_no_words_of_theirs(
    http: httpx.Client, letters: Callable[[], list[tuple[str, str, str]]]
) -> None:
    """Whoever registers somebody else's address chooses the name, too: it is not said before that is confirmed."""
    http.post("/auth/register", json=ADA | {"displayName": "You won! See evil.test"})
    (letter,) = letters()
    assert "evil" not in letter[2]
    assert letter[2].startswith("Hello,")
    http.post("/auth/verify-email", json={"token": token_in(letter)})
    http.post("/auth/forgot-password", json={"email": ADA["email"]})
    assert letters()[0][2].startswith("Hello You won!")


def test_who_left_and_forgot_the_password_still_comes_back(
    http: httpx.Client, letters: Callable[[], list[tuple[str, str, str]]]
) -> None:
    account_id = http.post("/auth/register", json=ADA).json()["userId"]
    http.delete("/users/me", headers=bearer(sessions.open_for(account_id, 1)))
    assert letters() == []  # nothing else is written to who has left
    http.post("/auth/forgot-password", json={"email": ADA["email"]})
    reset = {"token": token_in(letters()[0]), "password": "another-password"}
    assert http.post("/auth/reset-password", json=reset).status_code == 200
    back = http.post("/auth/login", json=LOGIN | {"password": "another-password"})
    assert (back.status_code, back.json()["restored"]) == (200, True)


def test_without_a_sender_no_mail_goes_and_no_token_is_logged(
    http: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    http.post("/auth/register", json=ADA)
    records = [{"messageId": str(n), "body": json.dumps(body)} for n, body in enumerate(cloud.messages("mail"))]
    capfd.readouterr()
    assert mail({"Records": records}, None) == {"batchItemFailures": []}
    logged = capfd.readouterr().err
    assert "MAIL_FROM is not set" in logged
    assert "token" not in logged.lower()


# ---- signing out everywhere, and the first administrator


def test_signing_out_everywhere_ends_all_sessions_and_no_key(http: httpx.Client, ada: Person) -> None:
    other, key = sessions.open_for(ada.id, 1), keys.create(ada.id, 1, "a program")[0]
    out = ada.http.post("/auth/logout-all")
    assert out.status_code == 200
    assert "Max-Age=0" in out.headers["set-cookie"]
    assert ada.http.get("/users/me").status_code == 401
    assert http.get("/users/me", headers=bearer(other)).status_code == 401
    assert http.post("/api/v1/auth/refresh", json={"refresh_token": other.refresh_token}).status_code == 401
    assert http.get("/users/me", headers={"x-api-key": key}).status_code == 200


def test_the_first_administrator_is_made_with_the_token_of_the_log(
    http: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    account_id = http.post("/auth/register", json=ADA).json()["userId"]
    found = re.search(r"bootstrap-admin\?token=([\w-]+)", capfd.readouterr().err)
    assert found
    path = "/auth/bootstrap-admin"
    for query in ({}, {"token": "wrong", "username": "ada_l"}, {"token": found[1], "username": "nobody"}):
        assert http.get(path, params=query).status_code == 401
    assert http.get(path, params={"token": found[1], "username": "ADA_L"}).status_code == 200
    assert accounts.get(account_id).role == "admin"
    http.post("/auth/register", json=ADA | {"username": "bob", "email": "bob@example.com"})
    assert "bootstrap-admin?" not in capfd.readouterr().err  # no other is made
    assert http.get(path, params={"token": found[1], "username": "bob"}).status_code == 401


@pytest.mark.parametrize("what", ["left", "suspended"])
def test_who_cannot_act_is_not_the_first_administrator(
    http: httpx.Client, ada: Person, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setenv("BOOTSTRAP_ADMIN_TOKEN", "preset-by-the-operator")
    if what == "left":
        ada.http.delete("/users/me")
    else:
        standing.suspend(accounts.get(ada.id), "somebody", "spam", None)
    query = {"token": "preset-by-the-operator", "username": "ada"}
    assert http.get("/auth/bootstrap-admin", params=query).status_code == 401
    assert ACCOUNTS.get(*standing.COUNT) is None


def test_a_preset_token_makes_the_first_administrator_and_only_the_first(
    http: httpx.Client, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOTSTRAP_ADMIN_TOKEN", "preset-by-the-operator")
    query = {"token": "preset-by-the-operator", "username": "ada"}
    assert http.get("/auth/bootstrap-admin", params=query).status_code == 200
    assert http.get("/auth/bootstrap-admin", params=query | {"username": "bob"}).status_code == 401
    assert ACCOUNTS.get(*standing.COUNT) == {"pk": "ADMINS", "sk": "COUNT", "count": 1}
