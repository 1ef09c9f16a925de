"""Every setting of the platform: one typed line per environment variable.

A value is read from the environment each time it is asked for, so a test (or a warm function whose configuration was
updated) never sees an old one. The README's table of settings is checked against this list.
"""

import os
from typing import Generic, TypeVar

T = TypeVar("T")


class Setting(Generic[T]):
    """One environment variable, its default, and what it is for."""

    def __init__(self, name: str, default: T, purpose: str) -> None:
        self.name, self.default, self.purpose = name, default, purpose

    def __get__(self, owner: object, kind: type | None = None) -> T:
        return self.read(os.environ.get(self.name, ""))

    def read(self, raw: str) -> T:
        raise TypeError(f"{type(self).__name__} does not say how it reads {self.name}")  # pragma: no cover


class Text(Setting[str]):
    def read(self, raw: str) -> str:
        return raw or self.default


class Flag(Setting[bool]):
    def read(self, raw: str) -> bool:
        return raw.strip().lower() in {"1", "true", "yes", "on"} if raw else self.default


class Switch(Setting[bool]):
    """On unless it says `off`."""

    def read(self, raw: str) -> bool:
        return raw.strip().lower() not in {"off", "0", "false", "no"} if raw else self.default


class Settings:
    service_name = Text("SERVICE_NAME", "bobine", "name in logs, metrics and `/api/health`")
    public_url = Text("PUBLIC_URL", "", "origin that clients use, for absolute URLs; empty makes them relative")

    jwt_secret = Text("JWT_SECRET", "", "signs access, session and refresh tokens (HS256, 32 bytes or more)")
    bootstrap_admin_token = Text("BOOTSTRAP_ADMIN_TOKEN", "", "presets the first administrator's one-time token")
    mail_from = Text("MAIL_FROM", "", "sender of our mails, verified in SES; empty: none are sent")
    google_client_id = Text("GOOGLE_CLIENT_ID", "", "audience of Google ID tokens; empty turns Google sign-in off")
    google_certs_url = Text(
        "GOOGLE_CERTS_URL",
        "https://www.googleapis.com/oauth2/v1/certs",
        "where Google's signing certificates come from",
    )

    open_writes = Flag("OPEN_WRITES", False, "`true` lets the library's documented anonymous writes through")
    lists_as_text = Flag("LISTS_AS_TEXT", False, "`true` answers `genres`, `artists`, … as JSON text, null when empty")
    rate_limits = Switch("RATE_LIMITS", True, "`off` turns rate limits off, for local load tests")
    cors_origins = Text("CORS_ORIGINS", "*", "origins whose pages may read answers, separated by commas; `*`: all")
    outbound_allow = Text("OUTBOUND_ALLOW", "", "`host:port` list that the guarded fetcher may reach although private")
    js_runtime = Text("JS_RUNTIME", "", "`node:/path` or `quickjs:/path` for downloads; empty: the QuickJS we bring")
    origin_secret = Text("ORIGIN_SECRET", "", "proves that a request came through our CloudFront distribution")

    open_downloads = Flag("OPEN_DOWNLOADS", False, "`true` lets anybody download, without an account")
    download_allowed_hosts = Text(
        "DOWNLOAD_ALLOWED_HOSTS",
        "",
        "`host` or `host:port` list to download from; empty: seven platforms and direct media, `*`: any",
    )
    download_proxy = Text("DOWNLOAD_PROXY", "", "http or SOCKS proxy that downloads go through")
    download_cookies_secret = Text(
        "DOWNLOAD_COOKIES_SECRET", "", "Secrets Manager id of a cookies.txt that downloads send; empty: none"
    )

    openai_api_key = Text("OPENAI_API_KEY", "", "OpenAI: scripts, pictures, voices, transcriptions; empty: made here")
    openai_base_url = Text("OPENAI_BASE_URL", "https://api.openai.com/v1", "where OpenAI's API is")
    runway_api_key = Text("RUNWAY_API_KEY", "", "Runway: clips; empty: stills that move")
    runway_base_url = Text("RUNWAY_BASE_URL", "https://api.dev.runwayml.com/v1", "where Runway's API is")
    elevenlabs_api_key = Text("ELEVENLABS_API_KEY", "", "ElevenLabs: voices; empty: made here")
    elevenlabs_base_url = Text("ELEVENLABS_BASE_URL", "https://api.elevenlabs.io/v1", "where ElevenLabs' API is")
    suno_api_key = Text("SUNO_API_KEY", "", "a host of Suno's models: music; empty: made here")
    suno_base_url = Text("SUNO_BASE_URL", "https://api.sunoapi.org/api/v1", "where that host's API is")
    whisper_model_dir = Text("WHISPER_MODEL_DIR", "", "folder of a faster-whisper model, to transcribe without OpenAI")

    tmdb_api_key = Text("TMDB_API_KEY", "", "handed to clients by `/api/config`")
    omdb_api_key = Text("OMDB_API_KEY", "", "handed to clients by `/api/config`")
    spotify_client_id = Text("SPOTIFY_CLIENT_ID", "", "handed to clients by `/api/config`")
    spotify_client_secret = Text("SPOTIFY_CLIENT_SECRET", "", "handed out only with `EXPOSE_CLIENT_SECRETS`")
    discogs_api_token = Text("DISCOGS_API_TOKEN", "", "handed out only with `EXPOSE_CLIENT_SECRETS`")
    expose_client_secrets = Flag("EXPOSE_CLIENT_SECRETS", False, "lets `/api/config` answer the two secrets above")

    accounts_table = Text("ACCOUNTS_TABLE", "Accounts", "DynamoDB table, set by the template")
    library_table = Text("LIBRARY_TABLE", "Library", "DynamoDB table, set by the template")
    community_table = Text("COMMUNITY_TABLE", "Community", "DynamoDB table, set by the template")
    studio_table = Text("STUDIO_TABLE", "Studio", "DynamoDB table, set by the template")
    traffic_table = Text("TRAFFIC_TABLE", "Traffic", "DynamoDB table, set by the template")
    media_bucket = Text("MEDIA_BUCKET", "media", "S3 bucket of originals, streams and thumbnails, set by the template")
    transcode_queue_url = Text("TRANSCODE_QUEUE_URL", "", "SQS queue, set by the template")
    extras_queue_url = Text("EXTRAS_QUEUE_URL", "", "SQS queue, set by the template")
    sweep_queue_url = Text("SWEEP_QUEUE_URL", "", "SQS queue, set by the template")
    rank_queue_url = Text("RANK_QUEUE_URL", "", "SQS queue, set by the template")
    fetch_queue_url = Text("FETCH_QUEUE_URL", "", "SQS queue, set by the template")
    convert_queue_url = Text("CONVERT_QUEUE_URL", "", "SQS queue, set by the template")
    produce_queue_url = Text("PRODUCE_QUEUE_URL", "", "SQS queue, set by the template")
    render_machine = Text("RENDER_MACHINE", "", "state machine that renders films, set by the template")
    deliver_queue_url = Text("DELIVER_QUEUE_URL", "", "SQS queue, set by the template")
    pipeline_machine = Text("PIPELINE_MACHINE", "", "state machine that makes films, set by the template")
    look_function = Text("LOOK_FUNCTION", "", "function that looks at links, set by the template")
    socket_endpoint = Text("SOCKET_ENDPOINT", "", "where open WebSocket connections are sent to, set by the template")
    pictures_queue_url = Text("PICTURES_QUEUE_URL", "", "SQS queue, set by the template")
    mail_queue_url = Text("MAIL_QUEUE_URL", "", "SQS queue, set by the template")
    purge_queue_url = Text("PURGE_QUEUE_URL", "", "SQS queue, set by the template")
    departures_queue_url = Text("DEPARTURES_QUEUE_URL", "", "SQS queue, set by the template")
    memes_queue_url = Text("MEMES_QUEUE_URL", "", "SQS queue, set by the template")
    trends_queue_url = Text("TRENDS_QUEUE_URL", "", "SQS queue, set by the template")
    invalidate_queue_url = Text("INVALIDATE_QUEUE_URL", "", "SQS queue, set by the template")
    distribution_id = Text("DISTRIBUTION_ID", "", "CloudFront distribution whose cache the invalidate worker clears")


settings = Settings()


def documented() -> dict[str, Setting[object]]:
    """All settings by environment variable, for the README check."""
    return {value.name: value for value in vars(Settings).values() if isinstance(value, Setting)}
