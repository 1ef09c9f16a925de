"""Writes that the library's document gives to everybody (videomi: "Auth: Non")."""

from shared.settings import settings
from shared.web.access import Access

OPEN_WRITE = Access(
    needed=lambda: not settings.open_writes,
    told="Needs an owner's credentials unless the server runs with `OPEN_WRITES=true`.",
)
