"""People: one's own account and its security, public profiles, and what administrators and moderators may do."""

from typing import Any, cast
from urllib.parse import quote

from functions.users import avatar, managing, security
from functions.users.models import (
    Avatar,
    Changes,
    Consent,
    Enabled,
    Leaving,
    Listed,
    Me,
    NamePath,
    NewRole,
    PasswordChange,
    PeopleQuery,
    Profile,
    Secret,
    SessionPath,
    SessionShown,
    Standing,
    Suspension,
    Token,
    UserPath,
    me_of,
    profile_of,
)
from functions.users.taking import Export, everything, stored
from shared import clock, edge
from shared.accounts import accounts, consents, leaving, standing
from shared.accounts.accounts import Account
from shared.accounts.said import plain
from shared.cache import NO_STORE, Cache
from shared.entry.http import http
from shared.errors import NotFound, Unauthorized
from shared.paging import Paged
from shared.web import (
    ADMIN,
    FORM,
    IN_PERSON,
    MODERATOR,
    REQUIRED,
    Call,
    Message,
    Reply,
    api,
    delete,
    get,
    patch,
    post,
    put,
)
from shared.web.dialects import platform
from shared.web.limits import GENERAL, Limit
from shared.web.routes import MIB

PROFILE = Cache("Profile", "public, max-age=60", edge=60)  # memegoat: "Mise en cache pendant 1 minute"
LETTERS = Limit("verify", 5, 3600)


def me(call: Call[None, None, None]) -> Me:
    """The caller's own account, what is private included."""
    return me_of(own(call))


def profile(call: Call[None, None, NamePath]) -> Profile:
    """What everybody may see of somebody."""
    account = accounts.by_username(call.path.username)
    if account is None or account.deleted_at is not None:
        raise NotFound("User not found")
    return profile_of(account)


def change(call: Call[Changes, None, None]) -> Me:
    """Change one's profile; what is not sent stays, null clears."""
    names = {"display_name": "name", "bio": "bio", "avatar_url": "picture"}
    said = {names[field]: getattr(call.body, field) for field in names}
    account = own(call)
    changes = {field: value or "" for field, value in said.items() if value is None or isinstance(value, str)}
    plain(changes.get("bio", ""), "bio")
    if "name" in changes:
        changes["name"] = " ".join(changes["name"].split())
    return me_of(shown(accounts.change(account.id, changes) if changes else account))


def set_avatar(call: Call[Avatar, None, None]) -> Me:
    """Make a PNG, JPEG or WebP picture one's avatar: a square of ours, without what a camera writes into its files."""
    return me_of(shown(avatar.put(own(call), call.body.file.body)))


def consent(call: Call[Consent, None, None]) -> Me:
    """Say which versions of the terms and of the privacy policy one agrees to. Earlier ones are kept."""
    account = own(call)
    consents.give(account, call.body.terms_version, call.body.privacy_version)
    return me_of(accounts.get(account.id))


def export(call: Call[None, None, None]) -> Reply[Export]:
    """All that is kept about the caller, as a JSON file; over 4 MB it is fetched from another address (303)."""
    account = own(call)
    name = f"bobine-{account.username or account.id}.json"
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    found = everything(account)
    if (elsewhere := stored(found, account, disposition)) is not None:
        return Reply(cast(Any, b""), 303, {"location": elsewhere})
    return Reply(found, headers={"content-disposition": disposition})


def leave(call: Call[None, None, None]) -> Leaving:
    """Close one's account. It is gone for good after 30 days; signing in before brings it back."""
    account = standing.set_role(own(call), "user")  # the last administrator stays
    due = leaving.leave(account)
    shown(account)
    return Leaving("Account scheduled for deletion", clock.iso(due))


def own(call: Call[Any, None, None]) -> Account:
    account = accounts.find(call.account)
    if account is None:
        raise Unauthorized()
    return account


def shown(account: Account) -> Account:
    """What others see of it has changed."""
    edge.invalidate(f"/users/public/{account.username}")
    return account


app = api(
    get("/users/me", me, returns=Me, caller=REQUIRED, cache=NO_STORE),
    patch("/users/me", change, body=Changes, returns=Me, caller=REQUIRED),
    delete("/users/me", leave, returns=Leaving, caller=IN_PERSON, also=(409,)),
    get("/users/me/export", export, returns=Export, also=(303,), caller=IN_PERSON, cache=NO_STORE),
    post(
        "/users/me/avatar",
        set_avatar,
        body=Avatar,
        accepts=FORM,
        max_body=avatar.LARGEST + MIB,
        returns=Me,
        status=201,
        caller=REQUIRED,
    ),
    patch("/users/me/consent", consent, body=Consent, returns=Me, caller=IN_PERSON),
    post(
        "/users/me/password",
        security.change_password,
        body=PasswordChange,
        returns=Message,
        caller=IN_PERSON,
        cookies=True,
    ),
    post(
        "/users/me/verify-email",
        security.ask_verification,
        returns=Message,
        caller=IN_PERSON,
        limits=(LETTERS, GENERAL),
    ),
    post("/users/me/2fa/setup", security.set_up, returns=Secret, status=201, also=(409,), caller=IN_PERSON),
    post("/users/me/2fa/enable", security.enable, body=Token, returns=Enabled, also=(409,), caller=IN_PERSON),
    post("/users/me/2fa/disable", security.disable, body=Token, returns=Message, caller=IN_PERSON),
    post("/users/me/2fa/recovery-codes", security.renew_codes, body=Token, returns=Enabled, caller=IN_PERSON),
    get("/users/me/sessions", security.every_session, returns=list[SessionShown], caller=IN_PERSON, cache=NO_STORE),
    delete(
        "/users/me/sessions/{session_id}",
        security.end_session,
        path=SessionPath,
        returns=Message,
        also=(404,),
        caller=IN_PERSON,
    ),
    get("/users/public/{username}", profile, path=NamePath, returns=Profile, cache=PROFILE, missing="User not found"),
    get(
        "/users/standing/{username}",
        managing.look_up,
        path=NamePath,
        returns=Standing,
        caller=MODERATOR,
        cache=NO_STORE,
        missing="User not found",
    ),
    get("/users/admin", managing.listing, query=PeopleQuery, returns=Paged[Listed], caller=ADMIN, cache=NO_STORE),
    delete("/users/{user_id}", managing.remove, path=UserPath, returns=Message, also=(404, 409), caller=ADMIN),
    patch(
        "/users/{user_id}/role",
        managing.set_role,
        path=UserPath,
        body=NewRole,
        returns=Message,
        also=(404, 409),
        caller=ADMIN,
    ),
    put(
        "/users/{user_id}/suspension",
        managing.suspend,
        path=UserPath,
        body=Suspension,
        returns=Message,
        also=(404, 409),
        caller=MODERATOR,
    ),
    delete("/users/{user_id}/suspension", managing.lift, path=UserPath, returns=Message, also=(404,), caller=MODERATOR),
    dialect=platform,
)
handler = http(app)
