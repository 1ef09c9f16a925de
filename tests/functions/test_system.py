"""Health, configuration, and the answer for a path nobody serves."""

import httpx
import pytest

from tests import cloud


def test_health_is_the_union_of_the_documents(http: httpx.Client) -> None:
    answer = http.get("/health")
    body = answer.json()
    assert answer.status_code == 200
    assert body.pop("timestamp")
    assert body == {
        "status": "ok",
        "database": "connected",
        "redis": "connected",
        "d1_available": True,
        "has_jwt_secret": True,
        "has_google_client_id": False,
    }


def test_health_is_503_in_the_same_shape_when_a_store_is_gone(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = http.get("/health").json()
    monkeypatch.setenv("RATE_LIMITS", "off")
    monkeypatch.setenv("LIBRARY_TABLE", "gone")
    answer = http.get("/health")
    assert answer.status_code == 503
    assert answer.json().keys() == healthy.keys()
    assert (answer.json()["status"], answer.json()["d1_available"]) == ("error", False)
    assert http.get("/api/health").status_code == 503


def test_api_health_tells_memory_disk_and_uptime(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    body = http.get("/api/health").json()
    assert body.keys() == {
        "status", "service", "version", "timestamp", "database", "memory", "uptime", "active_downloads", "disk_usage",
    }  # fmt: skip
    assert body["status"] == "healthy"
    assert 0 < body["memory"]["used"] < body["memory"]["total"]
    assert body["disk_usage"]["free"] > 0
    monkeypatch.setenv("TRAFFIC_TABLE", "gone")
    monkeypatch.setenv("RATE_LIMITS", "off")
    degraded = http.get("/api/health")
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")


def test_config_has_six_fields_and_keeps_the_secrets(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMDB_API_KEY", "SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "DISCOGS_API_TOKEN"):
        monkeypatch.setenv(name, name.lower())
    answer = http.get("/api/config")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.json() == {
        "googleClientId": None,
        "tmdbApiKey": "tmdb_api_key",
        "omdbApiKey": None,
        "spotifyClientId": "spotify_client_id",
        "spotifyClientSecret": None,
        "discogsApiToken": None,
    }
    monkeypatch.setenv("EXPOSE_CLIENT_SECRETS", "true")
    shown = http.get("/api/config").json()
    assert (shown["spotifyClientSecret"], shown["discogsApiToken"]) == ("spotify_client_secret", "discogs_api_token")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/nowhere", {"error": "Not Found", "code": "NOT_FOUND"}),
        ("/api/files", {"error": "Not Found"}),
        ("/api/v1/nowhere", {"error": {"code": "NOT_FOUND", "message": "Not Found", "details": {}}}),
        (
            "/api/download/none/a/b",
            {
                "error": "Not Found",
                "code": "NOT_FOUND",
                "detail": {"error": "Not Found", "detail": "Not Found", "code": "NOT_FOUND"},
            },
        ),
    ],
)
def test_an_unknown_path_is_404_in_its_familys_shape(http: httpx.Client, path: str, body: dict[str, object]) -> None:
    answer = http.get(path)
    assert (answer.status_code, answer.json()) == (404, body)
    assert cloud.messages("invalidate") == []
