"""What every test may ask for: the cloud, a client, people with accounts."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from argon2 import PasswordHasher

from shared import aws, clock, sockets
from shared.accounts import passwords
from tests import cloud
from tests.sockets import Caller, Connections, Functions
from tests.transport import Gateway

os.environ.update(cloud.environment())
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # argon2id is meant to cost time: not here


@pytest.fixture(scope="session")
def _aws() -> Iterator[None]:
    with cloud.running():
        yield


@pytest.fixture
def aws_cloud(_aws: None) -> Iterator[None]:
    """An empty AWS."""
    yield
    cloud.empty()


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    email: str
    token: str
    http: httpx.Client  # sends the token


@pytest.fixture
def http(aws_cloud: None) -> Iterator[httpx.Client]:
    """A client nobody is signed in with."""
    with httpx.Client(transport=Gateway(), base_url="https://bobine.test") as client:
        yield client


@pytest.fixture
def person(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Person]:
    """Makes people: `person("ada")` has an account and a client that sends her token."""
    from shared.accounts import accounts, sessions

    def make(name: str) -> Person:
        account = accounts.create(f"id-of-{name}", email=f"{name}@example.com", username=name)
        token = sessions.open_for(account.id, 1).access_token
        client = httpx.Client(
            transport=Gateway(), base_url="https://bobine.test", headers={"authorization": f"Bearer {token}"}
        )
        return Person(account.id, account.email, token, client)

    return make


@pytest.fixture
def ada(person: Callable[[str], Person]) -> Person:
    return person("ada")


@pytest.fixture
def bob(person: Callable[[str], Person]) -> Person:
    return person("bob")


@pytest.fixture
def connections(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> Connections:
    """API Gateway's side of WebSockets."""
    fake = Connections()
    monkeypatch.setitem(aws._clients, sockets.SERVICE, fake)
    return fake


@pytest.fixture
def functions(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> Functions:
    fake = Functions()
    monkeypatch.setitem(aws._clients, "lambda", fake)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "realtime-test")
    return fake


@pytest.fixture
def caller(connections: Connections, functions: Functions) -> Callable[[str], Caller]:
    """`caller("c1")` is at the other end of a connection of that id."""
    return lambda connection_id: Caller(connections, functions, connection_id)


@pytest.fixture
def later(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock on by seconds."""
    moment = clock.now()

    def move(seconds: float) -> None:
        nonlocal moment
        moment += seconds

    monkeypatch.setattr(clock, "now", lambda: moment)
    return move
