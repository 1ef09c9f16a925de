"""People: their own account, what others see of it, what administrators and moderators may do, leaving."""

import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from functions.departures.app import handler as departures
from functions.purge.app import handler as purge
from functions.users import taking
from shared import clock, storage
from shared.accounts import accounts, avatars, keys, leaving, passwords, sessions, standing
from shared.errors import Conflict, Unauthorized
from shared.library import arriving, links
from shared.tables import ACCOUNTS, LIBRARY
from tests import cloud
from tests.conftest import Person
from tests.transport import Gateway

PASSWORD = "strong-password"


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock on."""
    passed = [0.0]
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + passed[0])

    def later(seconds: float) -> None:
        passed[0] += seconds

    return later


@pytest.fixture
def admin(person: Callable[[str], Person]) -> Person:
    one = person("root")
    standing.set_role(accounts.get(one.id), "admin")
    return one


@pytest.fixture
def moderator(person: Callable[[str], Person]) -> Person:
    one = person("mod")
    standing.set_role(accounts.get(one.id), "moderator")
    return one


def with_password(account_id: str) -> dict[str, str]:
    """Give an account a password; what signs it in."""
    account = accounts.change(account_id, {"password_hash": passwords.hashed(PASSWORD)})
    return {"email": account.email, "password": PASSWORD}


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def work(queue: str = "purge") -> list[str]:
    """Have the purge worker do what is queued; the ids that stay on the queue."""
    bodies = cloud.messages(queue)
    records = [{"messageId": body["account_id"], "body": json.dumps(body)} for body in bodies]
    left = purge({"Records": records}, None)["batchItemFailures"]
    return [one["itemIdentifier"] for one in left]


def upload(account: Person) -> str:
    file, _ = arriving.receive(account.id, "note.txt", "text/plain", account.id.encode(), None, {})
    return file.file_id


# ---- one's own account


def test_the_whole_account_is_its_owners_and_the_profile_is_everybodys(http: httpx.Client, ada: Person) -> None:
    mine = ada.http.get("/users/me").json()
    assert {"id", "uuid", "email", "username", "displayName", "bio", "avatarUrl", "role", "createdAt"} <= mine.keys()
    shown = http.get("/users/public/ADA")
    assert shown.status_code == 200
    assert set(shown.json()) == {"id", "username", "displayName", "bio", "avatarUrl", "createdAt"}
    assert "max-age=60" in shown.headers["cache-control"]
    unknown = http.get("/users/public/nobody")
    assert (unknown.status_code, unknown.json()["error"]) == (404, "User not found")


def test_a_profile_is_changed_field_by_field(http: httpx.Client, ada: Person) -> None:
    changed = ada.http.patch("/users/me", json={"displayName": "Ada L.", "bio": "Numbers <b>&</b> poetry"})
    assert (changed.status_code, changed.json()["displayName"]) == (200, "Ada L.")
    ada.http.patch("/users/me", json={"avatarUrl": "https://img.test/ada.png"})
    shown = http.get("/users/public/ada").json()
    assert (shown["displayName"], shown["bio"]) == ("Ada L.", "Numbers <b>&</b> poetry")
    assert shown["avatarUrl"] == "https://img.test/ada.png"
    assert ada.http.patch("/users/me", json={"bio": None, "avatarUrl": ""}).json()["bio"] == ""
    assert http.get("/users/public/ada").json()["avatarUrl"] is None
    paths = [path for body in cloud.messages("invalidate") for path in body["paths"]]
    assert paths == ["/users/public/ada"] * 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"displayName": "x" * 33}, "displayName"),
        ({"displayName": ""}, "displayName"),
        ({"bio": "x" * 256}, "bio"),
        ({"bio": 7}, "bio"),
        ({"bio": "a\u0000b"}, "bio"),
        ({"bio": "a\u202eb"}, "bio"),
        ({"avatarUrl": "javascript:alert(1)"}, "avatarUrl"),
        ({"avatarUrl": "//evil.test/x.png"}, "avatarUrl"),
    ],
)
def test_what_does_not_fit_a_profile_is_refused_by_name(ada: Person, body: dict[str, Any], field: str) -> None:
    refused = ada.http.patch("/users/me", json=body)
    assert (refused.status_code, refused.json()["details"]["field"]) == (400, field)


def test_nobody_changes_their_role_by_patching(ada: Person) -> None:
    ada.http.patch("/users/me", json={"role": "admin", "plan": "pro", "email": "x@example.com", "displayName": "Ada"})
    mine = ada.http.get("/users/me").json()
    assert (mine["role"], mine["plan"], mine["email"]) == ("user", "free", "ada@example.com")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_avatar_is_drawn_anew_in_two_sizes(ada: Person, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    sent = picture(kind, exif=exif.tobytes())
    made = ada.http.post("/users/me/avatar", files={"file": ("me.png", sent, "image/png")})
    assert made.status_code == 201
    names = storage.names(avatars.prefix(ada.id))
    assert len(names) == 2
    for name in names:
        body = storage.read(avatars.prefix(ada.id) + name) or b""
        drawn = Image.open(io.BytesIO(body))
        assert drawn.format == "JPEG"
        assert drawn.size in ((512, 512), (128, 128))
        assert b"where I live" not in body
    served = httpx.Client(transport=Gateway(), base_url="https://bobine.test").get(made.json()["avatarUrl"])
    assert (served.status_code, served.headers["content-type"]) == (200, "image/jpeg")
    ada.http.post("/users/me/avatar", files={"file": ("me.png", sent, "image/png")})
    assert len(storage.names(avatars.prefix(ada.id))) == 2  # the old ones are gone


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a nonsense",
        picture()[:200],
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xc3P\x00\x00\xc3P\x08\x06\x00\x00\x00",
        picture() + b"\0" * (10 << 20),
        picture("GIF"),
        picture("BMP"),
        b"RIFF0000WAVE",
    ],
    ids=["empty", "svg", "broken", "cut", "huge", "heavy", "gif", "bmp", "sound"],
)
def test_what_is_no_picture_is_no_avatar(ada: Person, body: bytes) -> None:
    refused = ada.http.post("/users/me/avatar", files={"file": ("me.png", body, "image/png")})
    assert (refused.status_code, refused.json()["details"]["field"]) == (400, "file")
    assert storage.names("media/") == []


def test_an_avatar_may_have_ten_mebibytes(ada: Person) -> None:
    sent = picture() + b"\0" * (9 << 20)
    assert ada.http.post("/users/me/avatar", files={"file": ("me.png", sent, "image/png")}).status_code == 201


def test_an_avatar_is_a_form_with_a_file(ada: Person) -> None:
    assert ada.http.post("/users/me/avatar", data={"file": "text"}).status_code == 400
    assert ada.http.post("/users/me/avatar", json={"file": "x"}).status_code == 415


def test_consents_are_kept_with_their_history(ada: Person) -> None:
    for version in ("2026-01", "2026-02"):
        said = {"termsVersion": version, "privacyVersion": "1"}
        assert ada.http.patch("/users/me/consent", json=said).status_code == 200
    assert ada.http.get("/users/me").json()["termsVersion"] == "2026-02"
    kept = ada.http.get("/users/me/export").json()["consents"]
    assert [one["termsVersion"] for one in kept] == ["2026-01", "2026-02"]
    for wrong in ({}, {"termsVersion": "x" * 17, "privacyVersion": "1"}, {"termsVersion": "1", "privacyVersion": ""}):
        assert ada.http.patch("/users/me/consent", json=wrong).status_code == 400


def test_an_export_holds_everything_and_no_secret(ada: Person) -> None:
    file_id = upload(ada)
    keys.create(ada.id, 1, "a program")
    with_password(ada.id)
    taken = ada.http.get("/users/me/export")
    assert taken.status_code == 200
    assert "attachment" in taken.headers["content-disposition"]
    body = taken.json()
    assert body["profile"]["email"] == "ada@example.com"
    assert [one["file_id"] for one in body["library"]["files"]] == [file_id]
    assert [one["name"] for one in body["apiKeys"]] == ["a program"]
    assert len(body["sessions"]) == 1
    for secret in ("argon2", "hash", "generation"):
        assert secret not in taken.text


def test_a_large_export_is_fetched_from_the_bucket(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "INLINE", 10)
    taken = ada.http.get("/users/me/export")
    assert taken.status_code == 303
    (name,) = storage.names(f"exports/{ada.id}/")
    assert name in taken.headers["location"]
    assert json.loads(storage.read(f"exports/{ada.id}/{name}") or b"")["profile"]["id"] == ada.id


# ---- what opens it


def test_a_password_is_changed_by_who_knows_it(http: httpx.Client, ada: Person) -> None:
    login = with_password(ada.id)
    other, key = sessions.open_for(ada.id, 1), keys.create(ada.id, 1, "a program")[0]
    change = {"currentPassword": "not this one", "newPassword": "another-password"}
    wrong = ada.http.post("/users/me/password", json=change)
    assert (wrong.status_code, wrong.json()["details"]["field"]) == (400, "currentPassword")
    assert ada.http.post("/users/me/password", json=change | {"newPassword": "short"}).status_code == 400
    changed = ada.http.post("/users/me/password", json=change | {"currentPassword": PASSWORD})
    assert changed.status_code == 200
    cookie = changed.headers["set-cookie"].partition(";")[0]
    assert http.get("/users/me", headers={"cookie": cookie}).status_code == 200  # here one stays signed in
    for way in ({"authorization": f"Bearer {other.access_token}"}, {"authorization": f"Bearer {ada.token}"}):
        assert http.get("/users/me", headers=way).status_code == 401
    assert http.get("/users/me", headers={"x-api-key": key}).status_code == 200
    assert http.post("/api/v1/auth/login", json=login).status_code == 401
    assert http.post("/api/v1/auth/login", json=login | {"password": "another-password"}).status_code == 200
    assert [body["letter"] for body in cloud.messages("mail")] == ["password_changed"]


def test_an_account_without_a_password_gets_its_first(ada: Person, http: httpx.Client) -> None:
    assert ada.http.get("/users/me").json()["hasPassword"] is False
    assert ada.http.post("/users/me/password", json={"newPassword": PASSWORD}).status_code == 200
    login = {"email": "ada@example.com", "password": PASSWORD}
    assert http.post("/api/v1/auth/login", json=login).status_code == 200


def test_the_current_password_is_not_guessed(ada: Person) -> None:
    with_password(ada.id)
    change = {"currentPassword": "guess", "newPassword": "another-password"}
    statuses = [ada.http.post("/users/me/password", json=change).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]


def test_sessions_are_listed_by_device_and_ended_one_by_one(http: httpx.Client, ada: Person) -> None:
    login = with_password(ada.id)
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    opened = http.post("/api/v1/auth/login", json=login, headers={"user-agent": firefox}).json()
    listed = ada.http.get("/users/me/sessions").json()
    assert [one["current"] for one in listed].count(True) == 1
    (there,) = [one for one in listed if one["device"] == "Firefox on Linux"]
    assert there["address"] == "203.0.113.9"
    assert there["lastUsedAt"]
    assert ada.http.delete(f"/users/me/sessions/{there['id']}").status_code == 200
    assert http.get("/users/me", headers={"authorization": f"Bearer {opened['access_token']}"}).status_code == 401
    assert ada.http.delete(f"/users/me/sessions/{there['id']}").status_code == 404
    assert ada.http.get("/users/me").status_code == 200


def test_nobody_ends_somebody_elses_session(ada: Person, bob: Person) -> None:
    (mine,) = ada.http.get("/users/me/sessions").json()
    assert bob.http.delete(f"/users/me/sessions/{mine['id']}").status_code == 404
    assert ada.http.get("/users/me").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/me/sessions"),
        ("DELETE", "/users/me"),
        ("POST", "/users/me/2fa/setup"),
        ("POST", "/users/me/password"),
        ("POST", "/auth/logout-all"),
        ("GET", "/users/admin"),
    ],
)
def test_what_opens_an_account_is_not_an_api_keys_to_touch(
    http: httpx.Client, admin: Person, method: str, path: str
) -> None:
    secret, _ = keys.create(admin.id, 1, "a program")
    assert http.request(method, path, headers={"x-api-key": secret}, json={}).status_code == 403


# ---- leaving and coming back


def test_an_account_that_is_left_is_closed_at_once_and_comes_back_by_signing_in(
    http: httpx.Client, ada: Person
) -> None:
    login = with_password(ada.id)
    left = ada.http.delete("/users/me")
    assert left.status_code == 200
    assert left.json()["purgeAt"] > clock.iso(clock.now() + 29 * 86400)
    assert ada.http.get("/users/me").status_code == 401
    assert http.get("/users/public/ada").status_code == 404
    assert http.post("/api/v1/auth/login", json=login | {"password": "wrong"}).status_code == 401
    back = http.post("/auth/login", json=login)
    assert (back.status_code, back.json()["restored"]) == (200, True)
    assert http.get("/users/public/ada").status_code == 200
    assert "restored" not in http.post("/auth/login", json=login).json()
    assert list(ACCOUNTS.every(f"DUE#{left.json()['purgeAt'][:10]}")) == []


def test_after_thirty_days_an_account_is_erased_with_all_it_has(
    http: httpx.Client, ada: Person, bob: Person, moment: Callable[[float], None]
) -> None:
    login = with_password(ada.id)
    alone = upload(ada)
    keys.create(ada.id, 1, "a program")
    ada.http.post("/users/me/avatar", files={"file": ("me.png", picture(), "image/png")})
    ada.http.patch("/users/me/consent", json={"termsVersion": "1", "privacyVersion": "1"})
    ada.http.delete("/users/me")
    moment(29 * 86400)
    assert purge({"detail-type": "Scheduled Event"}, None) == {"sent": 0}
    moment(86400 + 60)
    assert purge({"detail-type": "Scheduled Event"}, None) == {"sent": 1}
    assert http.post("/auth/login", json=login).status_code == 401  # it has begun: nobody comes back to a half of it
    assert work() == []
    assert accounts.find(ada.id) is None
    for table in (ACCOUNTS, LIBRARY):
        for pk in (f"ACCOUNT#{ada.id}", f"OWNER#{ada.id}", "EMAIL#ada@example.com", "USERNAME#ada"):
            assert list(table.every(pk)) == []
    assert storage.names("media/") == []
    assert not links.has(ada.id, alone)
    assert http.post("/auth/login", json=login).status_code == 401
    new = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
    assert http.post("/auth/register", json=new).status_code == 201  # its names are free
    assert purge({"detail-type": "Scheduled Event"}, None) == {"sent": 0}
    assert accounts.find(bob.id) is not None


def test_what_the_community_has_of_an_account_is_taken_along_and_erased(
    http: httpx.Client, ada: Person, bob: Person, admin: Person
) -> None:
    meme = {"file": ("goat.png", picture(), "image/png")}
    about = {"type": "meme", "title": "A goat", "tags": ["goat"]}
    made = ada.http.post("/contents/upload", files=meme, data=about).json()
    liked = bob.http.post("/contents/upload", files=meme, data=about | {"title": "Another"}).json()
    assert ada.http.post(f"/favorites/{liked['id']}").status_code == 201
    taken = ada.http.get("/users/me/export").json()
    assert [one["id"] for one in taken["contents"]] == [made["id"]]
    assert taken["favorites"] == [liked["id"]]
    assert admin.http.delete(f"/users/{ada.id}").status_code == 200
    for name, work in (("purge", purge), ("departures", departures)):
        records = [{"messageId": str(n), "body": json.dumps(body)} for n, body in enumerate(cloud.messages(name))]
        assert len(records) == 1
        for _ in range(2):  # the queue may deliver twice
            assert work({"Records": records}, None) == {"batchItemFailures": []}
    assert http.get(f"/contents/{made['id']}").status_code == 404
    assert http.get(f"/contents/{liked['id']}").json()["favoritesCount"] == 0
    assert admin.http.get("/admin/stats").json()["users"] == 2


def test_a_purge_that_fails_stays_on_its_queue_and_keeps_nobody_waiting(
    ada: Person, bob: Person, moment: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (ada, bob):
        one.http.delete("/users/me")
    moment(30 * 86400 + 60)
    erase = accounts.erase

    def failing(account: accounts.Account) -> None:
        if account.id == ada.id:
            raise OSError("the store is down")
        erase(account)

    assert purge({"detail-type": "Scheduled Event"}, None) == {"sent": 2}
    with monkeypatch.context() as broken:
        broken.setattr(accounts, "erase", failing)
        assert work() == [ada.id]  # SQS sends it again, and at last it is a dead letter
    assert accounts.find(bob.id) is None
    assert purge({"Records": [{"messageId": "1", "body": json.dumps({"account_id": ada.id})}]}, None) == {
        "batchItemFailures": []
    }
    assert accounts.find(ada.id) is None


def test_who_comes_back_before_the_purge_begins_keeps_everything(
    http: httpx.Client, ada: Person, moment: Callable[[float], None]
) -> None:
    """The message of a purge may come late, or twice: what counts is what the account says."""
    login = with_password(ada.id)
    ada.http.delete("/users/me")
    moment(30 * 86400 + 60)
    late = {"Records": [{"messageId": "1", "body": json.dumps({"account_id": ada.id})}]}
    assert purge(late, None) == {"batchItemFailures": []}
    assert http.post("/auth/login", json=login).json()["restored"] is True
    assert purge({"detail-type": "Scheduled Event"}, None) == {"sent": 0}
    assert purge(late, None) == {"batchItemFailures": []}
    assert accounts.get(ada.id).deleted_at is None


def test_coming_back_while_the_purge_begins_is_too_late(ada: Person, moment: Callable[[float], None]) -> None:
    ada.http.delete("/users/me")
    seen = accounts.get(ada.id)
    moment(30 * 86400 + 60)
    assert leaving.condemn(ada.id)
    with pytest.raises(Unauthorized):
        leaving.come_back(seen)
    assert accounts.get(ada.id).purging


# ---- administrators and moderators


def test_administrators_list_everybody_newest_first(admin: Person, ada: Person, bob: Person) -> None:
    listed = admin.http.get("/users/admin").json()
    assert [one["username"] for one in listed["data"]] == ["bob", "ada", "root"]
    assert (listed["total"], listed["limit"], listed["offset"]) == (3, 10, 0)
    page = admin.http.get("/users/admin?limit=2").json()
    rest = admin.http.get("/users/admin", params={"limit": 2, "cursor": page["nextCursor"]}).json()
    assert [one["username"] for one in page["data"] + rest["data"]] == ["bob", "ada", "root"]
    assert [one["username"] for one in admin.http.get("/users/admin?limit=1&offset=1").json()["data"]] == ["ada"]
    for wrong in ("limit=1000000000", "limit=0", "offset=-1", "limit=x", "cursor=x", f"query={'x' * 255}"):
        assert admin.http.get(f"/users/admin?{wrong}").status_code == 400


def test_administrators_find_people_by_how_a_name_or_an_address_begins(
    admin: Person, person: Callable[[str], Person]
) -> None:
    for name in ("ada", "adam", "Adele", "bob"):
        person(name)
    accounts.create("g-1", email="adagio@example.com", username="zoe")

    def found(query: str, **more: Any) -> list[str]:
        answer = admin.http.get("/users/admin", params={"query": query, **more})
        assert answer.status_code == 200
        return [one["username"] for one in answer.json()["data"]]

    assert found("ad") == ["ada", "zoe", "adam", "Adele"]  # each once, though an address begins so as well
    assert found("ADA") == ["ada", "zoe", "adam"]
    assert found(" ada@example.com ") == ["ada"]
    assert found("adagio@") == ["zoe"]
    assert found("id-of-bob") == ["bob"]
    assert found("nobody") == []
    assert len(found("")) == 6
    first = admin.http.get("/users/admin", params={"query": "ad", "limit": 2}).json()
    assert first["total"] == 4
    assert found("ad", limit=2, cursor=first["nextCursor"]) == ["adam", "Adele"]
    accounts.erase(accounts.get("id-of-ada"))
    assert found("ad") == ["zoe", "adam", "Adele"]


def test_moderators_see_what_somebody_may_do_and_no_address(
    moderator: Person, ada: Person, bob: Person, moment: Callable[[float], None]
) -> None:
    shown = moderator.http.get("/users/standing/ADA")
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert (shown.json()["id"], shown.json()["role"], shown.json()["status"]) == (ada.id, "user", "active")
    assert "email" not in shown.json()
    until = clock.iso(clock.now() + 3600)
    moderator.http.put(f"/users/{ada.id}/suspension", json={"reason": "Spam", "until": until})
    standing_now = moderator.http.get("/users/standing/ada").json()
    assert (standing_now["status"], standing_now["suspension"], standing_now["suspendedUntil"]) == (
        "suspended",
        "Spam",
        until,
    )
    moment(3601)
    again = moderator.http.get("/users/standing/ada").json()
    assert (again["status"], again["suspension"], again["suspendedUntil"]) == ("active", None, None)
    ada.http.delete("/users/me")
    assert moderator.http.get("/users/standing/ada").json()["status"] == "deleted"
    assert moderator.http.get("/users/standing/nobody").status_code == 404
    assert bob.http.get("/users/standing/ada").status_code == 403


def test_roles_count_at_once_and_are_an_administrators_to_give(
    admin: Person, ada: Person, bob: Person, moderator: Person
) -> None:
    for other in (ada, moderator):
        assert other.http.get("/users/admin").status_code == 403
        assert other.http.patch(f"/users/{bob.id}/role", json={"role": "admin"}).status_code == 403
        assert other.http.delete(f"/users/{bob.id}").status_code == 403
    assert admin.http.patch(f"/users/{ada.id}/role", json={"role": "admin"}).status_code == 200
    assert ada.http.get("/users/admin").status_code == 200
    assert ada.http.patch(f"/users/{admin.id}/role", json={"role": "user"}).status_code == 200
    assert admin.http.get("/users/admin").status_code == 403
    last = ada.http.patch(f"/users/{ada.id}/role", json={"role": "user"})
    assert (last.status_code, last.json()["code"]) == (409, "LAST_ADMIN")
    assert ada.http.delete("/users/me").status_code == 409
    assert ada.http.patch(f"/users/{bob.id}/role", json={"role": "king"}).status_code == 400
    assert ada.http.patch("/users/nobody/role", json={"role": "user"}).status_code == 404


def test_an_administrator_deletes_an_account_for_good(http: httpx.Client, admin: Person, ada: Person) -> None:
    login = with_password(ada.id)
    for _ in range(2):
        assert admin.http.delete(f"/users/{ada.id}").status_code == 200
    assert ada.http.get("/users/me").status_code == 401
    back = http.post("/auth/login", json=login)  # signing in brings nobody back whom an administrator deleted
    assert (back.status_code, back.json()["code"]) == (401, "INVALID_CREDENTIALS")
    records = [{"messageId": str(n), "body": json.dumps(body)} for n, body in enumerate(cloud.messages("purge"))]
    for _ in range(2):  # the queue may deliver twice
        assert purge({"Records": records}, None) == {"batchItemFailures": []}
    assert accounts.find(ada.id) is None
    assert http.post("/auth/login", json=login).status_code == 401
    assert admin.http.delete(f"/users/{ada.id}").status_code == 404
    assert admin.http.delete(f"/users/{admin.id}").status_code == 409


def test_a_suspended_account_may_do_nothing_and_hears_why(
    http: httpx.Client, moderator: Person, ada: Person, moment: Callable[[float], None]
) -> None:
    login = with_password(ada.id)
    key = keys.create(ada.id, 1, "a program")[0]
    until = clock.iso(clock.now() + 3600)
    path = f"/users/{ada.id}/suspension"
    assert moderator.http.put(path, json={"reason": "Spam in the forum", "until": until}).status_code == 200
    for refused in (
        ada.http.get("/users/me"),
        http.get("/users/me", headers={"x-api-key": key}),
        http.post("/auth/login", json=login),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "ACCOUNT_SUSPENDED")
        assert refused.json()["details"] == {"reason": "Spam in the forum", "until": until}
    assert http.post("/auth/login", json=login | {"password": "wrong"}).status_code == 401  # says nothing of it
    moment(3601)
    assert http.post("/auth/login", json=login).status_code == 200
    moderator.http.put(path, json={"reason": "Again"})
    assert http.post("/auth/login", json=login).status_code == 403
    assert moderator.http.delete(path).status_code == 200
    assert http.post("/auth/login", json=login).status_code == 200


def test_a_suspension_is_for_who_ranks_below(moderator: Person, admin: Person, ada: Person) -> None:
    reason = {"reason": "No reason"}
    assert ada.http.put(f"/users/{moderator.id}/suspension", json=reason).status_code == 403
    for above in (admin, moderator):
        assert moderator.http.put(f"/users/{above.id}/suspension", json=reason).status_code == 403
    assert admin.http.put(f"/users/{moderator.id}/suspension", json=reason).status_code == 200
    for wrong in ({}, {"reason": ""}, reason | {"until": "yesterday"}, reason | {"until": "2020-01-01T00:00:00Z"}):
        assert admin.http.put(f"/users/{ada.id}/suspension", json=wrong).status_code == 400


def test_an_administrator_deletes_who_has_left_already_for_good(
    http: httpx.Client, admin: Person, ada: Person, moment: Callable[[float], None]
) -> None:
    login = with_password(ada.id)
    ada.http.delete("/users/me")
    assert admin.http.delete(f"/users/{ada.id}").status_code == 200
    assert http.post("/auth/login", json=login).status_code == 401
    cloud.messages("purge")  # lost: the next sweep sends another
    assert purge({"detail-type": "Scheduled Event"}, None) == {"sent": 1}
    assert work() == []
    assert accounts.find(ada.id) is None


def test_nobody_rises_who_cannot_act(admin: Person, ada: Person, bob: Person) -> None:
    """An administrator who is closed or suspended would be counted, and nobody would be there."""
    admin.http.put(f"/users/{ada.id}/suspension", json={"reason": "Spam"})
    bob.http.delete("/users/me")
    for one in (ada, bob):
        for role in ("moderator", "admin"):
            refused = admin.http.patch(f"/users/{one.id}/role", json={"role": role})
            assert (refused.status_code, refused.json()["code"]) == (409, "NOT_ACTIVE")
    assert (ACCOUNTS.get(*standing.COUNT) or {})["count"] == 1


def test_who_has_just_risen_is_neither_suspended_nor_closed(admin: Person, ada: Person) -> None:
    seen = accounts.get(ada.id)
    standing.set_role(seen, "admin")
    with pytest.raises(Conflict):
        standing.suspend(seen, "somebody", "spam", None)
    with pytest.raises(Unauthorized):
        leaving.leave(seen)
    assert accounts.get(ada.id).suspended == ""


def test_who_is_suspended_renews_nothing_and_may_sign_out(http: httpx.Client, ada: Person) -> None:
    opened = sessions.open_for(ada.id, 1)
    standing.suspend(accounts.get(ada.id), "somebody", "spam", None)
    cookie = {"cookie": f"next-auth.session-token={opened.cookie}"}
    for refused in (
        http.post("/api/v1/auth/refresh", json={"refresh_token": opened.refresh_token}),
        http.post("/auth/refresh", json={"refresh_token": opened.refresh_token}),
        http.post("/auth/refresh", headers=cookie),
    ):
        assert refused.status_code == 403
        assert "spam" in refused.text
        assert "set-cookie" not in refused.headers
    standing.lift(accounts.get(ada.id))
    renewed = http.post("/api/v1/auth/refresh", json={"refresh_token": opened.refresh_token})
    assert renewed.status_code == 200  # it was not used up
    standing.suspend(accounts.get(ada.id), "somebody", "spam", None)
    out = http.post("/auth/logout", headers=cookie)
    assert (out.status_code, "Max-Age=0" in out.headers["set-cookie"]) == (200, True)
    standing.lift(accounts.get(ada.id))
    assert http.get("/users/me", headers=cookie).status_code == 401


def test_two_changes_of_a_role_at_once_do_not_lose_count(admin: Person, ada: Person) -> None:
    """Two that saw the same role: one of them writes."""
    before = accounts.get(ada.id)
    standing.set_role(before, "admin")
    with pytest.raises(Conflict):
        standing.set_role(before, "admin")
    assert (ACCOUNTS.get(*standing.COUNT) or {})["count"] == 2


def test_leaving_overtaken_by_another_change_is_refused(ada: Person) -> None:
    seen = accounts.get(ada.id)
    accounts.turn_over(seen, {})
    with pytest.raises(Unauthorized):
        leaving.leave(seen)
