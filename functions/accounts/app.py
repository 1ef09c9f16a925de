"""Accounts made with a password: registering, signing in and out, the second factor, what mails lead to, API keys."""

import re
import string
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import msgspec

from functions.accounts import apikeys, doors
from functions.accounts.models import (
    Bootstrap,
    Credentials,
    Forgotten,
    Key,
    KeyPath,
    LoggedIn,
    Mailed,
    MaybeRefresh,
    NewKey,
    NewPassword,
    Refresh,
    Refreshed,
    Registered,
    Registration,
    SignedUp,
    SignIn,
    SignUp,
    TokenPair,
    Verification,
)
from shared import ids
from shared.accounts import (
    accounts,
    credentials,
    keys,
    leaving,
    letters,
    passwords,
    second_factor,
    sessions,
    standing,
    tokens,
)
from shared.accounts.accounts import Account
from shared.accounts.caller import bearer_of, cookie_of, from_elsewhere
from shared.accounts.cookies import clearing_cookie, session_cookie
from shared.cache import NO_STORE
from shared.entry.http import http
from shared.errors import Conflict, Forbidden, Invalid, Unauthorized
from shared.web import FORM, IN_PERSON, JSON, Call, Message, Reply, api, delete, get, post
from shared.web.dialects import platform, production
from shared.web.limits import GENERAL, Limit, address, spend

SIGN_IN = Limit("signin", 5, 15 * 60)  # crealia: Rate Limiting
SIGN_UP = Limit("signup", 3, 3600)
NEW = Limit("register", 1000, 3600)  # from one place: each sends a mail to an address of its maker's choice
LETTERS = Limit("letters", 5, 3600)  # to one address
OURS = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")  # a path of this site, and no way out of it


def register(call: Call[Registration, None, None]) -> Registered:
    """Make an account with a password. 400 when the address or the name is taken, as documented."""
    new = call.body
    try:
        account = made(call, new.email, new.password, new.username, new.display_name or new.username)
    except Conflict as error:
        field = "username" if error.code == "USERNAME_TAKEN" else "email"
        raise Invalid(error.message, field=field, constraint="not taken", code=error.code) from None
    standing.announce()
    return Registered("User registered successfully", account.id)


def sign_up(call: Call[SignUp, None, None]) -> SignedUp:
    """Make an account with a password; its username is made from the name. 409 when the address is taken."""
    new = call.body
    name = " ".join((new.name or "").split()) or new.email.partition("@")[0]
    account = accounts.with_a_username(name, lambda username: made(call, new.email, new.password, username, name))
    return SignedUp(True, account.id)


def made(call: Call[Any, None, None], email: str, password: str, username: str, name: str) -> Account:
    account = accounts.create(
        ids.account_id(), email=email, username=username, name=name, password_hash=passwords.hashed(password)
    )
    letters.ask("verify", call.language, account_id=account.id)
    return account


def login(call: Call[Credentials, None, None]) -> Reply[LoggedIn]:
    """Sign in with a cookie. An account with a second factor gets its cookie from `/auth/verify-2fa`."""
    if call.body.totp is None:
        account = doors.known(call)
        if account.second_factor:
            second_factor.wait_for(account, address(call.request))
            return Reply(LoggedIn("2FA required", account.id, requires_2fa=True))
        return signed_in(call, account)
    return signed_in(call, doors.proven(call))


def verify_2fa(call: Call[Verification, None, None]) -> Reply[LoggedIn]:
    """Finish a sign-in whose password was right within the last five minutes, with a code."""
    account = second_factor.waiting(call.body.user_id, address(call.request))
    if account is None:
        raise Unauthorized("Invalid token", explanation="sign in with the password first")
    doors.use_code(account, call.body.token)
    second_factor.waited(account.id)
    return signed_in(call, account)


def signed_in(call: Call[Any, None, None], account: Account) -> Reply[LoggedIn]:
    back = leaving.come_back(account)
    opened = sessions.open_for(back.id, back.era, device=call.device)
    answer = LoggedIn("User logged in successfully", back.id)
    if account.deleted_at is not None:
        answer.restored = True
    return Reply(answer, cookies=[session_cookie(opened.cookie)])


def login_v1(call: Call[Credentials, None, None]) -> TokenPair:
    """Sign in with tokens."""
    return pair(doors.opened(call)[1])


def sign_in(call: Call[SignIn, None, None]) -> Reply[bytes]:
    """Sign in with a cookie, and go to `callbackUrl`, a path of this site."""
    if from_elsewhere(call.request):
        raise Forbidden(explanation="another site's form does not sign anybody in")
    _, opened = doors.opened(call)
    target = call.body.callback_url or "/"
    location = quote(target, string.punctuation) if OURS.fullmatch(target) else "/"  # a header is ASCII
    return Reply(b"", 302, {"location": location}, [session_cookie(opened.cookie)])


def refresh_v1(call: Call[Refresh, None, None]) -> TokenPair:
    """New tokens for a refresh token, which is good once."""
    return pair(sessions.refresh(call.body.refresh_token))


def refresh_cookie(call: Call[MaybeRefresh, None, None]) -> Reply[Refreshed]:
    """A fresh cookie for one that is still good; for a refresh token, new tokens as well."""
    if isinstance(call.body.refresh_token, str):
        opened = sessions.refresh(call.body.refresh_token)
        tokens_too = Refreshed("Session refreshed", *msgspec.structs.astuple(pair(opened)))
        return Reply(tokens_too, cookies=[session_cookie(opened.cookie)])
    claims = tokens.claims_of(cookie_of(call.request), "session")
    sessions.opens(claims.account_id, claims.session_id)
    sessions.seen(claims.account_id, claims.session_id)
    cookie = tokens.sign_for(claims.account_id, claims.session_id, "session")
    return Reply(Refreshed("Session refreshed"), cookies=[session_cookie(cookie)])


def logout(call: Call[None, None, None]) -> Reply[Message]:
    """End this session: its tokens and its cookie stop working at once. One that has ended is no error (RFC 7009 §2.2),
    and who is suspended may go, too."""
    bearer = bearer_of(call.request)
    if call.header("x-api-key") or bearer.startswith(keys.PREFIX):
        raise Forbidden(explanation="an API key has no session: revoke it")
    with suppress(Unauthorized):
        cookie = cookie_of(call.request)
        claims = tokens.claims_of(bearer, "access") if bearer else tokens.claims_of(cookie, "session")
        sessions.revoke(claims.account_id, claims.session_id)
    return Reply(Message("User logged out successfully"), cookies=[clearing_cookie()])


def logout_everywhere(call: Call[None, None, None]) -> Reply[Message]:
    """End every session of the account, this one too. API keys stay."""
    credentials.sign_out_everywhere(accounts.get(call.account))
    return Reply(Message("User logged out everywhere"), cookies=[clearing_cookie()])


def bootstrap_admin(call: Call[None, Bootstrap, None]) -> Message:
    """Make the first administrator, with the one-time token of the log. Only while there is none."""
    standing.announce()
    standing.make_first_admin(call.query.token, call.query.username)
    return Message("User promoted to administrator")


def forgot_password(call: Call[Forgotten, None, None]) -> Message:
    """Send a mail that leads to a new password. The answer is the same for an address that nobody has."""
    email = accounts.normal(call.body.email)
    spend((LETTERS,), f"letters#{doors.digest(email)}")
    letters.ask("reset", call.language, email=email)
    return Message("If this address has an account, a mail is on its way")


def reset_password(call: Call[NewPassword, None, None]) -> Message:
    """Set a new password with the token of the mail. Every session ends."""
    account = credentials.resettable(call.body.token)
    credentials.set_password(account, passwords.hashed(call.body.password), by_mail=True)
    letters.ask("password_changed", call.language, account_id=account.id)
    return Message("Password changed")


def verify_email(call: Call[Mailed, None, None]) -> Message:
    """Confirm an e-mail address with the token of the mail."""
    credentials.verify_email(call.body.token)
    return Message("Email verified")


def pair(opened: sessions.Opened) -> TokenPair:
    return TokenPair(opened.access_token, opened.refresh_token)


TAKES = {"email": "Invalid email", "password": "Password must be at least 8 characters"}

app = api(
    post(
        "/auth/register",
        register,
        body=Registration,
        returns=Registered,
        status=201,
        messages=TAKES,
        once=True,
        limits=(GENERAL, NEW),
    ),
    post("/auth/login", login, body=Credentials, returns=LoggedIn, also=(401, 403), cookies=True),
    post("/auth/verify-2fa", verify_2fa, body=Verification, returns=LoggedIn, also=(401, 403), cookies=True),
    post("/auth/refresh", refresh_cookie, body=MaybeRefresh, returns=Refreshed, also=(401, 403), cookies=True),
    post("/auth/logout", logout, returns=Message, also=(401, 403), cookies=True),
    post("/auth/logout-all", logout_everywhere, returns=Message, caller=IN_PERSON, cookies=True),
    get("/auth/bootstrap-admin", bootstrap_admin, query=Bootstrap, returns=Message, also=(401,), cache=NO_STORE),
    post("/auth/forgot-password", forgot_password, body=Forgotten, returns=Message),
    post("/auth/reset-password", reset_password, body=NewPassword, returns=Message, also=(401,), messages=TAKES),
    post("/auth/verify-email", verify_email, body=Mailed, returns=Message),
    post(
        "/api/auth/signup",
        sign_up,
        body=SignUp,
        returns=SignedUp,
        status=201,
        also=(409,),
        messages=TAKES,
        once=True,
        limits=(SIGN_UP, GENERAL),
    ),
    post(
        "/api/auth/signin",
        sign_in,
        body=SignIn,
        accepts=JSON + FORM,
        status=302,
        also=(401, 403),
        cookies=True,
        limits=(SIGN_IN, GENERAL),
    ),
    post("/api/v1/auth/login", login_v1, body=Credentials, returns=TokenPair, also=(401, 403), dialect=production),
    post("/api/v1/auth/refresh", refresh_v1, body=Refresh, returns=TokenPair, also=(401, 403), dialect=production),
    post("/api/v1/auth/logout", logout, returns=Message, also=(401, 403), cookies=True, dialect=production),
    get("/api-keys", apikeys.every, returns=list[Key], caller=IN_PERSON, cache=NO_STORE),
    post("/api-keys", apikeys.create, body=NewKey, returns=Key, status=201, caller=IN_PERSON),
    delete("/api-keys/{key_id}", apikeys.revoke, path=KeyPath, returns=Message, caller=IN_PERSON),
    dialect=platform,
)
handler = http(app)
