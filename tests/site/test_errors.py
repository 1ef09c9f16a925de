"""What the platform refuses, in words for a person: why they are suspended, how long they have to wait."""

import json
from typing import Any

import pytest

from tests.site.node import run


def said(language: str, status: int, body: dict[str, Any], retry_after: int = 0) -> dict[str, Any]:
    script = f"""
      const {{ learn, speak }} = await load("shell/words.js"), {{ errorOf }} = await load("shell/api.js");
      await learn("shell");
      await speak({language!r});
      const {{ message, field }} = errorOf({status}, {json.dumps(body)}, {retry_after});
      tell({{ message, field }});
    """
    found: dict[str, Any] = run(script)
    return found


def suspended(until: str | None) -> dict[str, Any]:
    return {
        "error": "Account suspended",
        "code": "ACCOUNT_SUSPENDED",
        "details": {"reason": "spam {day}", "until": until},
    }


def test_a_suspended_account_hears_the_reason_and_until_when() -> None:
    assert said("en", 403, suspended(None))["message"] == "This account is suspended: spam {day}"
    shown = said("en", 403, suspended("2026-12-24T12:00:00Z"))["message"]
    assert shown == "This account is suspended until December 24, 2026: spam {day}"
    assert said("fr", 403, suspended(None))["message"] == "Ce compte est suspendu : spam {day}"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "Too many requests. Try again in 1 second."),
        (90, "Too many requests. Try again in 90 seconds."),
        (91, "Too many tries. Go on in 2 minutes."),
        (900, "Too many tries. Go on in 15 minutes."),
    ],
)
def test_a_long_wait_is_told_in_minutes(seconds: int, words: str) -> None:
    body = {"error": "Too Many Requests", "code": "RATE_LIMIT_EXCEEDED", "details": {"retryAfter": seconds}}
    assert said("en", 429, body, seconds)["message"] == words


def test_a_field_that_is_refused_is_named() -> None:
    body = {"error": "Invalid token", "code": "VALIDATION_ERROR", "details": {"field": "token", "constraint": "a code"}}
    assert said("en", 400, body) == {"message": "Invalid token: a code", "field": "token"}
