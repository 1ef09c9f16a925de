"""The session cookie: HttpOnly, SameSite=Lax, Secure except on a plain-http localhost."""

from shared.accounts.caller import COOKIE
from shared.accounts.tokens import SESSION_SECONDS
from shared.settings import settings

LOCAL = ("localhost", "127.0.0.1", "[::1]")


def session_cookie(value: str, seconds: int = SESSION_SECONDS) -> str:
    """The whole `Set-Cookie` value."""
    secure = "" if _is_local() else "; Secure"
    return f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def clearing_cookie() -> str:
    return session_cookie("", 0)


def _is_local() -> bool:
    """By our own setting, not the request's Host header, which a client chooses."""
    return settings.public_url.startswith(tuple(f"http://{host}" for host in LOCAL))
