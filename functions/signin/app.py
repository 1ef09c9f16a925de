"""Signing in with Google: from a browser with an ID token, and from a desktop app by way of Google's page."""

import hmac
import secrets
from typing import Annotated
from urllib.parse import urlencode

from msgspec import UNSET, Meta, Struct, UnsetType

from functions.signin import google
from functions.signin.callback import PAGE
from shared.accounts import accounts, guesses, keys, leaving, replay, second_factor, sessions, tokens
from shared.accounts.accounts import Account
from shared.accounts.cookies import session_cookie
from shared.accounts.standing import refuse_suspended
from shared.cache import NO_STORE
from shared.entry.http import http
from shared.errors import Conflict, Misconfigured, ServiceError, Unauthorized, Unavailable
from shared.settings import settings
from shared.table import ConditionFailed
from shared.web import Call, Reply, api, get, post
from shared.web.dialects import library
from shared.web.limits import address

AUTHORIZE = "https://accounts.google.com/o/oauth2/v2/auth"
STATE_COOKIE = "bobine-oauth-state"
OURS = "bobine-"  # how a state of our own begins
LOOKS = 5  # times to look again when others sign in at the same moment
TOKEN_SECONDS = 7 * 86400  # the library's clients keep the token and never refresh it; its session can be revoked


class IdToken(Struct, rename="camel"):
    """`state` is what came back with the token from a sign-in that began here: then the token must answer that one.

    `totp` is a code of the second factor, for accounts that have one: without it the answer is 401 with `requires2FA`,
    and the same token is sent again with it.
    """

    id_token: Annotated[str, Meta(min_length=1)]  # one that is too long is no token of Google's: 401
    state: str | UnsetType | None = UNSET
    totp: Annotated[str, Meta(max_length=32)] | None = None


class User(Struct):
    id: str
    email: str
    name: str
    picture: str
    email_verified: bool


class SignedIn(Struct):
    """`restored`: the account was about to be deleted."""

    success: bool
    token: str
    user: User
    restored: bool | UnsetType = UNSET


class SignInUrl(Struct, rename="camel"):
    url: str
    auth_url: str


def sign_in(call: Call[IdToken, None, None]) -> Reply[SignedIn]:
    """Exchange a Google ID token for a token and a cookie of ours. It is good once.

    An account with a second factor asks for its code here, too.
    """
    tokens.secret()  # 500 "Server misconfigured" before Google is asked anything
    person = google.verify(call.body.id_token)
    state = call.body.state
    if (
        isinstance(state, str)
        and state.startswith(OURS)
        and not hmac.compare_digest(nonce_of(state).encode(), person.nonce.encode())
    ):
        raise Unauthorized("Invalid Google token", explanation="it answers another sign-in")
    first = replay.refuse_second(call.body.id_token, person.expires, address(call.request))
    found = account_for(person)
    refuse_suspended(found)
    if found.second_factor:
        try:
            ask_for_code(found, call.body.totp)
        except ServiceError:
            if first:  # it has opened nothing yet
                replay.give_back(call.body.id_token)
            raise
    account = leaving.come_back(found)
    opened = sessions.open_for(account.id, account.era, TOKEN_SECONDS, device=call.device)
    user = User(account.id, account.email, account.name, account.picture, person.email_verified)
    restored = True if found.deleted_at is not None else UNSET
    return Reply(SignedIn(True, opened.access_token, user, restored), cookies=[session_cookie(opened.cookie)])


def ask_for_code(account: Account, code: str | None) -> None:
    """Raises Unauthorized without a right one, and TooManyRequests after five wrong ones."""
    if not code:
        asked = {"requires2FA": True, "code": "TWO_FACTOR_REQUIRED"}
        raise Unauthorized("Two-factor code required", code="TWO_FACTOR_REQUIRED", extra=asked)
    wrong = {"requires2FA": True, "code": "INVALID_TWO_FACTOR_CODE"}
    refusal = Unauthorized("Invalid token", code="INVALID_TWO_FACTOR_CODE", extra=wrong)
    guesses.prove(account, lambda: second_factor.use(account, code), refusal)


def electron_init(call: Call[None, None, None]) -> SignInUrl:
    """Google's sign-in address for a desktop app to open."""
    url = sign_in_url(call, new_state())
    return SignInUrl(url, url)


def electron(call: Call[None, None, None]) -> Reply[bytes]:
    """Go to Google's sign-in page and choose an account."""
    state = new_state()
    location = sign_in_url(call, state, prompt="select_account")
    secure = "; Secure" if settings.public_url.startswith("https:") else ""
    cookie = f"{STATE_COOKIE}={state}; Path=/oauth-callback; Max-Age=600; SameSite=Lax{secure}"
    return Reply(b"", 302, {"location": location}, [cookie])


def callback(call: Call[None, None, None]) -> Reply[bytes]:
    """The page Google returns to: it hands its ID token to us, and our token to the opener or the app."""
    nonce = secrets.token_urlsafe(16)
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
    }
    return Reply(PAGE.replace("{nonce}", nonce).encode(), headers=headers)


def sign_in_url(call: Call[None, None, None], state: str, prompt: str = "") -> str:
    if not settings.google_client_id:
        raise Misconfigured("GOOGLE_CLIENT_ID not configured")
    origin = settings.public_url.rstrip("/") or f"https://{call.request.url.netloc}"
    query = {
        "client_id": settings.google_client_id,
        "redirect_uri": f"{origin}/oauth-callback",
        "response_type": "id_token",
        "scope": "openid email profile",
        "nonce": nonce_of(state),
        "state": state,
    }
    return f"{AUTHORIZE}?{urlencode(query | ({'prompt': prompt} if prompt else {}))}"


def new_account(person: google.Person, username: str) -> Account:
    return accounts.create(
        person.sub,
        email=person.email,
        username=username,
        name=person.name,
        picture=person.picture,
        google_sub=person.sub,
        email_verified=person.email_verified,
    )


def new_state() -> str:
    return OURS + secrets.token_urlsafe(24)


def nonce_of(state: str) -> str:
    """What Google is to put into the token that answers the sign-in with this state: nothing need be kept for it."""
    return hmac.new(tokens.secret().encode(), f"google-nonce|{state}".encode(), "sha256").hexdigest()


def account_for(person: google.Person) -> Account:
    """The account of a person Google vouches for: theirs by Google subject, joined by verified e-mail, or a new one.

    Several may do this at the same moment, also for one person: whoever finds things changed looks again.
    """
    for _ in range(LOOKS):
        try:
            return found_or_made(person)
        except (Conflict, ConditionFailed):
            continue
    raise Unavailable("Sign-in is busy")


def found_or_made(person: google.Person) -> Account:
    """Raises Conflict and ConditionFailed when somebody was quicker."""
    if known := accounts.by_google(person.sub):
        return known
    existing = accounts.by_email(person.email)
    if existing is None:
        return accounts.with_a_username(person.name, lambda username: new_account(person, username))
    if not person.email_verified or existing.google_sub:
        raise Unauthorized("Invalid Google token", explanation="this address belongs to another account")
    joined = accounts.join_google(existing, person.sub, person.picture)
    if not existing.email_verified:  # the new era has closed them already; their rows need not stay
        sessions.revoke_all(existing.id)
        keys.revoke_all(existing.id)
    return joined


MISSING = {"idToken": "Missing idToken"}

app = api(
    post(
        "/api/auth/google",
        sign_in,
        body=IdToken,
        returns=SignedIn,
        also=(401, 403, 429, 500),
        cookies=True,
        messages=MISSING,
    ),
    get("/api/auth/electron-init", electron_init, returns=SignInUrl, also=(500,), cache=NO_STORE),
    get("/api/auth/google/electron", electron, cache=NO_STORE, status=302, also=(500,), cookies=True),
    get("/oauth-callback", callback, cache=NO_STORE, produces="text/html; charset=utf-8"),
    dialect=library,
)
handler = http(app)
