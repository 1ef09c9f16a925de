"""Who opens a connection, by what the opening request carries."""

from collections.abc import Mapping

from shared.accounts import lasting
from shared.accounts.caller import COOKIE, NO_TOKEN
from shared.accounts.lasting import Held
from shared.errors import Forbidden, Unauthorized
from shared.settings import settings


def held_by(headers: Mapping[str, str]) -> Held | None:
    """What programs show in a header, and browsers in our cookie. Raises Unauthorized for a bad header only: whoever
    comes with a cookie that is over may still show a token.

    Browsers send our cookie along with any page's request: a WebSocket is not bound by the same-origin policy. So it
    counts only for pages of our own (RFC 6455 §10.2).
    """
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    shown = headers.get("x-api-key") or (bearer.strip() if scheme.lower() == "bearer" else "")
    if shown not in NO_TOKEN:
        return lasting.of_credential(shown, "read")
    cookie = cookie_of(headers.get("cookie", ""))
    if not cookie or not is_ours(headers):
        return None
    try:
        return lasting.of_signed(cookie, "session")
    except (Unauthorized, Forbidden):
        return None


def is_ours(headers: Mapping[str, str]) -> bool:
    """Whether the page is of this site. Behind the edge, a header of its own has the host it was opened under."""
    origin, host = headers.get("origin", ""), headers.get("x-viewer-host") or headers.get("host", "")
    ours = {f"https://{host}", f"http://{host}", settings.public_url.rstrip("/")}
    return bool(origin) and origin in ours


def cookie_of(header: str) -> str:
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")
