"""The events in tests/events that accounts and downloads are shown with (`scripts/invoke`): each knows its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.accounts.app import handler as accounts
from functions.convert.app import handler as convert
from functions.deadletters.app import handler as deadletters
from functions.departures.app import handler as departures
from functions.downloads.app import handler as downloads
from functions.fetch.app import handler as fetch
from functions.look.app import handler as look
from functions.mail.app import handler as mail
from functions.purge.app import handler as purge
from functions.realtime.app import handler as realtime
from functions.signin.app import handler as signin
from functions.users.app import handler as users

EVENTS = Path(__file__).parents[1] / "events"


@pytest.mark.parametrize(
    ("handler", "name", "status"),
    [
        (accounts, "register", 201),
        (accounts, "login", 401),
        (accounts, "api-keys", 401),
        (signin, "google", 401),
        (users, "profile", 404),
        (users, "me", 401),
        (downloads, "download", 401),
        (realtime, "connect", 200),
    ],
)
def test_a_request_as_the_gateway_sends_it_is_answered(aws_cloud: None, handler: Any, name: str, status: int) -> None:
    assert handler(read(name), None)["statusCode"] == status


@pytest.mark.parametrize(("handler", "name"), [(mail, "mail"), (purge, "purge"), (departures, "departures")])
def test_a_message_about_an_account_that_is_gone_is_done(aws_cloud: None, handler: Any, name: str) -> None:
    assert handler(read(name), None) == {"batchItemFailures": []}


@pytest.mark.parametrize(("handler", "name"), [(fetch, "fetch"), (convert, "convert")])
def test_a_message_about_a_download_that_is_gone_is_done(aws_cloud: None, handler: Any, name: str) -> None:
    assert handler(read(name), None) == {"batchItemFailures": []}


def test_a_look_answers_why_there_is_nothing_to_see(aws_cloud: None) -> None:
    assert look(read("look"), None)["failure"]["code"] == "URL_NOT_ALLOWED"


def test_a_dead_letter_is_given_back(aws_cloud: None) -> None:
    event = read("deadletters")
    failed = [{"itemIdentifier": event["Records"][0]["messageId"]}]
    assert deadletters(event, None) == {"batchItemFailures": failed}


def test_the_hourly_purge_has_nothing_to_do(aws_cloud: None) -> None:
    assert purge(read("purge-hourly"), None) == {"sent": 0}


def read(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event
