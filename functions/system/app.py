"""Is it up, what may a client know of its configuration, and the answer for a path nobody serves."""

import time

from msgspec import Struct

from functions.system.unknown import dialect_of
from shared import clock, health
from shared.cache import NO_STORE, Cache
from shared.entry.http import http
from shared.settings import settings
from shared.web import Call, Reply, api, get
from shared.web.dialects import library, platform

VERSION = "0.1.0"
CONFIG = Cache("Config", "no-cache", edge=3600)  # videomi: CACHE_TTL
MIB = 1 << 20
STARTED = time.monotonic()


class Health(Struct):
    status: str
    timestamp: str
    database: str
    redis: str
    d1_available: bool
    has_jwt_secret: bool
    has_google_client_id: bool


class Memory(Struct):
    """MiB, and percent of what the function may use."""

    used: int
    total: int
    percentage: float


class Disk(Struct):
    """Bytes of the function's scratch space."""

    total: int
    used: int
    free: int


class ApiHealth(Struct):
    status: str
    service: str
    version: str
    timestamp: str
    database: str
    memory: Memory
    uptime: int
    active_downloads: int
    disk_usage: Disk


class Config(Struct, rename="camel"):
    google_client_id: str | None
    tmdb_api_key: str | None
    omdb_api_key: str | None
    spotify_client_id: str | None
    spotify_client_secret: str | None
    discogs_api_token: str | None


def alive(call: Call[None, None, None]) -> Reply[Health]:
    """Whether the stores answer; 503 with the same shape when one does not."""
    database, counters = health.database(), health.counters()
    state = Health(
        status="ok" if database and counters else "error",
        timestamp=clock.iso(),
        database=connected(database),
        redis=connected(counters),
        d1_available=database,
        has_jwt_secret=bool(settings.jwt_secret),
        has_google_client_id=bool(settings.google_client_id),
    )
    return Reply(state, 200 if database and counters else 503)


def condition(call: Call[None, None, None]) -> Reply[ApiHealth]:
    """The same in more detail: memory in MiB, uptime in seconds, scratch disk in bytes."""
    database, counters = health.database(), health.counters()
    status = "unhealthy" if not database else "healthy" if counters else "degraded"
    state = ApiHealth(
        status=status,
        service=settings.service_name,
        version=VERSION,
        timestamp=clock.iso(),
        database=connected(database),
        memory=memory(),
        uptime=int(time.monotonic() - STARTED),
        active_downloads=health.active_downloads() if counters else 0,
        disk_usage=disk(),
    )
    return Reply(state, 503 if status == "unhealthy" else 200)


def config(call: Call[None, None, None]) -> Config:
    """What a browser client needs to know. The two secrets stay null unless EXPOSE_CLIENT_SECRETS is on."""
    exposed = settings.expose_client_secrets
    return Config(
        google_client_id=settings.google_client_id or None,
        tmdb_api_key=settings.tmdb_api_key or None,
        omdb_api_key=settings.omdb_api_key or None,
        spotify_client_id=settings.spotify_client_id or None,
        spotify_client_secret=(settings.spotify_client_secret or None) if exposed else None,
        discogs_api_token=(settings.discogs_api_token or None) if exposed else None,
    )


def connected(up: bool) -> str:
    return "connected" if up else "disconnected"


def memory() -> Memory:
    import os
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    total = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "0"))
    total = total or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    return Memory(used, total, round(100 * used / total, 1))


def disk() -> Disk:
    import shutil
    import tempfile

    usage = shutil.disk_usage(tempfile.gettempdir())
    return Disk(usage.total, usage.used, usage.free)


app = api(
    get("/health", alive, returns=Health, also=(503,), cache=NO_STORE),
    get("/api/health", condition, returns=ApiHealth, also=(503,), cache=NO_STORE, dialect=platform),
    get("/api/config", config, returns=Config, cache=CONFIG),
    dialect=library,
    dialect_of=dialect_of,
)
handler = http(app)
