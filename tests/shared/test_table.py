"""The gateway to DynamoDB: values, conditions, transactions, pages, and how it behaves when the store does not."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import aws
from shared.errors import Conflict, Invalid, NotFound, Unavailable
from shared.table import (
    ABSENT,
    PRESENT,
    Check,
    ConditionFailed,
    Contended,
    Delete,
    Index,
    Put,
    Update,
    expression,
    open_cursor,
    pack,
    retry_contended,
    seal_cursor,
    unpack,
)
from shared.tables import ACCOUNTS, BY_CATEGORY, BY_ORDER, LIBRARY, TRAFFIC
from tests.transport import resources

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


def row(sk: str, pk: str = "P", **more: Any) -> Put:
    return Put({"pk": pk, "sk": sk, **more})


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


class Store:
    """The real client, but for one operation."""

    def __init__(self, operation: str, answer: Callable[..., Any]) -> None:
        self.real, self.operation, self.answer, self.calls = aws.client("dynamodb"), operation, answer, 0

    def __getattr__(self, name: str) -> Any:
        if name != self.operation:
            return getattr(self.real, name)

        def call(**request: Any) -> Any:
            self.calls += 1
            return self.answer(**request)

        return call


@pytest.fixture
def store(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[..., Any]], Store]:
    """Replaces one operation of the store: `store("get_item", answer)`."""

    def replace(operation: str, answer: Callable[..., Any]) -> Store:
        made = Store(operation, answer)
        monkeypatch.setattr(aws, "client", lambda service: made)
        return made

    return replace


def refusing(code: str, message: str, **more: Any) -> Callable[..., Any]:
    answer: Any = {"Error": {"Code": code, "Message": message}, **more}

    def refuse(**_: Any) -> Any:
        kind: type[ClientError] = aws.client("dynamodb").exceptions.from_code(code)
        raise kind(answer, "GetItem")

    return refuse


# ---- values


@settings(max_examples=50, derandomize=True)
@given(VALUES)
def test_a_value_comes_back_as_it_went(value: Any) -> None:
    assert unpack(pack(value)) == value


@pytest.mark.parametrize("number", [0.1, -2.5, 1e-7, 1.5e20, 0.0, 3.0])
def test_a_fraction_comes_back_as_precise_as_it_was(number: float) -> None:
    assert unpack(pack(number)) == number


@pytest.mark.parametrize("value", [{1, 2}, object(), 1j])
def test_what_has_no_form_in_the_store_is_said_at_once(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be stored"):
        pack(value)


def test_placeholders_are_derived_from_the_expression() -> None:
    maps = expression("#state = :old AND #size > :least", {"old": "open", "least": 3}, "REMOVE #size, #name")
    assert maps == {
        "ExpressionAttributeNames": {"#state": "state", "#size": "size", "#name": "name"},
        "ExpressionAttributeValues": {":old": {"S": "open"}, ":least": {"N": "3"}},
    }
    assert expression("", {}) == {}


# ---- one row


def test_a_row_is_put_read_changed_and_deleted(aws_cloud: None) -> None:
    assert LIBRARY.get("P", "a") is None
    assert LIBRARY.write(row("a", n=1, name="x", old=True)) == {}
    change = Update(("P", "a"), set={"name": "y", "size": 2}, add={"n": 5}, remove=["old", "never"])
    expected = {"pk": "P", "sk": "a", "n": 6, "name": "y", "size": 2}
    assert LIBRARY.write(change) == expected == LIBRARY.get("P", "a")
    assert LIBRARY.write(Delete(("P", "a"))) == expected
    assert LIBRARY.get("P", "a") is None


def test_an_update_of_nothing_makes_a_row_and_counts_from_zero(aws_cloud: None) -> None:
    assert LIBRARY.write(Update(("P", "new"), add={"n": -1})) == {"pk": "P", "sk": "new", "n": -1}


@pytest.mark.parametrize(
    "write",
    [
        Put({"pk": "P", "sk": "a", "n": 2}, ABSENT),
        Update(("P", "a"), set={"n": 2}, condition="#n > :least", values={"least": 1}),
        Delete(("P", "a"), "#n = :seen", {"seen": 7}),
    ],
)
def test_a_condition_that_fails_changes_nothing_and_tells_what_stood_there(
    aws_cloud: None, write: Put | Update | Delete
) -> None:
    LIBRARY.write(row("a", n=1))
    with pytest.raises(ConditionFailed) as caught:
        LIBRARY.write(write)
    assert caught.value.old == LIBRARY.get("P", "a") == {"pk": "P", "sk": "a", "n": 1}


def test_a_condition_on_a_row_that_is_not_there_has_nothing_to_tell(aws_cloud: None) -> None:
    with pytest.raises(ConditionFailed) as caught:
        LIBRARY.write(Delete(("P", "none"), "attribute_exists(pk)"))
    assert caught.value.old is None


def test_names_that_the_store_keeps_for_itself_are_no_trouble(aws_cloud: None) -> None:
    reserved = {"name": 1, "size": 2, "state": 3, "count": 4, "values": 5, "timestamp": 6}
    assert LIBRARY.write(Update(("P", "a"), set=reserved)) == {"pk": "P", "sk": "a", **reserved}


# ---- transactions


def test_a_transaction_is_all_or_nothing_and_names_who_refused(aws_cloud: None) -> None:
    LIBRARY.write(row("taken"))
    with pytest.raises(ConditionFailed) as caught:
        LIBRARY.transact(
            row("a"),
            Put({"pk": "P", "sk": "taken"}, ABSENT),
            Update(("P", "counter"), add={"n": 1}),
            Check(("P", "none"), "attribute_exists(pk)"),
        )
    assert caught.value.failed == (1, 3)
    assert LIBRARY.get("P", "a") is None
    assert LIBRARY.get("P", "counter") is None


def test_a_transaction_that_passes_does_everything(aws_cloud: None) -> None:
    LIBRARY.write(row("old"))
    LIBRARY.transact(
        row("a"), Delete(("P", "old")), Update(("P", "n"), add={"n": 2}), Check(("P", "none"), ABSENT), token="once"
    )
    assert [found["sk"] for found in LIBRARY.every("P")] == ["a", "n"]


def conflict(operation: str) -> Callable[..., Any]:
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "ongoing"}]
    if operation == "transact_write_items":
        return refusing("TransactionCanceledException", "cancelled", CancellationReasons=reasons)
    return refusing("TransactionConflictException", "there is an ongoing transaction for the item")


@pytest.mark.parametrize("operation", ["transact_write_items", "put_item"])
def test_a_write_that_meets_another_is_sent_again(
    store: Callable[[str, Callable[..., Any]], Store], no_pauses: list[float], operation: str
) -> None:
    def twice(**request: Any) -> Any:
        if made.calls <= 2:
            conflict(operation)()
        return getattr(made.real, operation)(**request)

    made = store(operation, twice)
    ask(operation)
    assert (made.calls, len(no_pauses)) == (3, 2)
    assert LIBRARY.get("P", "a")


@pytest.mark.parametrize("operation", ["transact_write_items", "put_item"])
def test_a_write_that_never_gets_through_is_for_the_client_to_try_again(
    store: Callable[[str, Callable[..., Any]], Store], no_pauses: list[float], operation: str
) -> None:
    store(operation, conflict(operation))
    with pytest.raises(Contended) as caught:
        ask(operation)
    assert caught.value.status == 503
    assert sum(no_pauses) < 0.5


def test_what_cancels_a_transaction_otherwise_is_passed_on(store: Callable[[str, Callable[..., Any]], Store]) -> None:
    reasons = [{"Code": "ThrottlingError", "Message": "later"}]
    store("transact_write_items", refusing("TransactionCanceledException", "x", CancellationReasons=reasons))
    with pytest.raises(ClientError):
        LIBRARY.transact(row("a"))


def test_an_action_that_fails_says_why_in_its_own_words(aws_cloud: None) -> None:
    LIBRARY.write(row("taken"))
    with pytest.raises(Conflict, match="one of a kind"):
        LIBRARY.write(Put({"pk": "P", "sk": "taken"}, ABSENT, refusal=Conflict("one of a kind")))
    with pytest.raises(NotFound, match="no counter"):
        LIBRARY.transact(
            Put({"pk": "P", "sk": "taken"}, ABSENT),
            Update(("P", "counter"), add={"n": 1}, condition=PRESENT, refusal=NotFound("no counter")),
            Check(("P", "none"), PRESENT, refusal=NotFound("no such thing")),
        )
    with pytest.raises(ConditionFailed):
        LIBRARY.transact(Put({"pk": "P", "sk": "taken"}, ABSENT), row("a"))


# ---- many rows


def test_many_rows_are_read_a_hundred_at_a_time_and_only_those_that_exist(aws_cloud: None) -> None:
    for n in range(0, 230, 2):
        LIBRARY.write(row(f"{n:03d}", n=n))
    keys = [("P", f"{n:03d}") for n in range(230)]
    found = LIBRARY.get_many([*keys, *keys])
    assert sorted(one["n"] for one in found.values()) == list(range(0, 230, 2))
    assert LIBRARY.get_many([]) == {}


def test_keys_the_store_did_not_get_to_are_asked_for_again(
    store: Callable[[str, Callable[..., Any]], Store], no_pauses: list[float]
) -> None:
    for n in range(3):
        LIBRARY.write(row(str(n)))

    def one_at_a_time(RequestItems: Any) -> Any:
        (name, asked), *_ = RequestItems.items()
        real = made.real.batch_get_item(RequestItems={name: asked | {"Keys": asked["Keys"][:1]}})
        left = asked["Keys"][1:]
        return real | {"UnprocessedKeys": {name: asked | {"Keys": left}} if left else {}}

    made = store("batch_get_item", one_at_a_time)
    assert len(LIBRARY.get_many([("P", "0"), ("P", "1"), ("P", "2")])) == 3
    assert made.calls == 3
    assert no_pauses == [0.05, 0.1]


def test_a_store_that_never_gets_to_them_is_given_up(
    store: Callable[[str, Callable[..., Any]], Store], no_pauses: list[float]
) -> None:
    store("batch_get_item", lambda RequestItems: {"Responses": {}, "UnprocessedKeys": RequestItems})
    with pytest.raises(Unavailable):
        LIBRARY.get_many([("P", "0")])
    store("batch_write_item", lambda RequestItems: {"UnprocessedItems": RequestItems})
    with pytest.raises(Unavailable):
        LIBRARY.delete_many([("P", "0")])
    assert max(no_pauses) > 2
    assert sum(no_pauses) < 15


def test_many_rows_are_deleted_and_no_others(aws_cloud: None) -> None:
    for n in range(60):
        LIBRARY.write(row(f"{n:02d}"))
    LIBRARY.delete_many(("P", f"{n:02d}") for n in range(5, 60))
    assert [found["sk"] for found in LIBRARY.every("P")] == ["00", "01", "02", "03", "04"]


# ---- pages


def test_each_index_is_the_templates() -> None:
    declared = {name.removesuffix("Table").lower(): one for name, one in resources("AWS::DynamoDB::Table").items()}
    for name, table in {"accounts": ACCOUNTS, "library": LIBRARY, "traffic": TRAFFIC}.items():
        properties = declared[name]["Properties"]
        found = set()
        for kind, local in (("LocalSecondaryIndexes", True), ("GlobalSecondaryIndexes", False)):
            for one in properties.get(kind, ()):
                pk, sk = (key["AttributeName"] for key in one["KeySchema"])
                found.add(Index(one["IndexName"], pk, sk, local))
        assert set(table.indexes) <= found, name


def test_a_global_index_is_read_by_who_knows_that_it_lags(aws_cloud: None) -> None:
    (lagging,) = (index for index in ACCOUNTS.indexes if not index.local)
    for n in range(3):
        ACCOUNTS.write(row(str(n), f"P{n}", gsi1pk="G", gsi1sk=f"{9 - n}"))
    first = ACCOUNTS.query("G", index=lagging, eventually=True, limit=2)
    rest = ACCOUNTS.query("G", index=lagging, eventually=True, cursor=first.cursor)
    assert [one["pk"] for one in [*first.items, *rest.items]] == ["P2", "P1", "P0"]
    with pytest.raises(TypeError, match="eventually"):
        ACCOUNTS.query("G", index=lagging)
    with pytest.raises(TypeError, match="consistently"):
        LIBRARY.query("P", index=BY_ORDER, eventually=True)
    with pytest.raises(TypeError, match="declares no index"):
        ACCOUNTS.query("P", index=BY_ORDER)


def pages(**query: Any) -> Iterator[list[str]]:
    cursor: str | None = None
    while True:
        page = LIBRARY.query("P", cursor=cursor, **query)
        yield [found["sk"] for found in page.items]
        if (cursor := page.cursor) is None:
            return


def test_pages_follow_one_another_in_either_direction(aws_cloud: None) -> None:
    for n in range(5):
        LIBRARY.write(row(f"A#{n}"))
        LIBRARY.write(row(f"B#{n}"))
    assert [name for page in pages(prefix="A#", limit=2) for name in page] == [f"A#{n}" for n in range(5)]
    backwards = list(pages(prefix="B#", limit=3, newest_first=True))
    assert backwards[0] == ["B#4", "B#3", "B#2"]
    assert [name for page in backwards for name in page] == [f"B#{n}" for n in range(4, -1, -1)]


def test_an_index_has_its_own_order_and_its_own_cursors(aws_cloud: None) -> None:
    for n in range(4):
        LIBRARY.write(row(f"x{n}", lsi1=f"LINK#{9 - n}"))
    LIBRARY.write(row("unlisted"))
    first = LIBRARY.query("P", "LINK#", index=BY_ORDER, limit=3)
    assert [one["sk"] for one in first.items] == ["x3", "x2", "x1"]
    rest = LIBRARY.query("P", "LINK#", index=BY_ORDER, limit=3, cursor=first.cursor)
    assert [one["sk"] for one in rest.items] == ["x0"]
    with pytest.raises(Invalid):
        LIBRARY.query("P", "LINK#", index=BY_CATEGORY, limit=3, cursor=first.cursor)
    with pytest.raises(Invalid):
        LIBRARY.query("P", "LINK#", limit=3, cursor=first.cursor)


def test_a_cursor_never_leaves_the_partition_it_is_used_on(aws_cloud: None) -> None:
    for n in range(3):
        LIBRARY.write(row(str(n), "P"))
        LIBRARY.write(row(str(n), "Q", secret=True))
    foreign = LIBRARY.query("Q", limit=1).cursor
    assert foreign
    assert "Q" not in base64.b64decode(foreign + "==").decode()
    assert [one["pk"] for one in LIBRARY.query("P", cursor=foreign).items] == ["P", "P"]


def sealed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "!!!!",
        "é",
        "a b",
        "\x00",
        "A" * 10_000,
        sealed([]),
        sealed({}),
        sealed({"sk": "a"}),
        sealed({"lsi1": "a"}),
        sealed({"sk": 1, "lsi1": "b"}),
        sealed({"sk": "a", "lsi1": ""}),
        sealed({"sk": "a", "lsi1": None}),
        sealed({"sk": "a", "lsi1": "b", "pk": "Q"}),
        sealed({"sk": {"S": "a"}, "lsi1": "b"}),
        base64.b64encode(b"\xff" * 12).decode(),
        sealed({"sk": "a", "lsi1": "b"}) + "\n",
    ],
)
def test_a_forged_cursor_is_the_clients_fault(cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        open_cursor(cursor, "P", BY_ORDER)
    assert caught.value.details["field"] == "cursor"


@settings(max_examples=50, derandomize=True)
@given(st.text(min_size=1), st.text(min_size=1))
def test_a_cursor_opens_to_what_was_sealed(sk: str, lsi1: str) -> None:
    last = {"pk": {"S": "P"}, "sk": {"S": sk}, "lsi1": {"S": lsi1}}
    assert open_cursor(seal_cursor(last, BY_ORDER), "P", BY_ORDER) == last


# ---- refusals


@pytest.mark.parametrize(
    "message",
    [
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
        "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of "
        "1024 bytes",
        "Item size has exceeded the maximum allowed size",
        "Item size to update has exceeded the maximum allowed size",
        "Number underflow. Attempting to store a number with magnitude smaller than supported range",
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
        "The provided starting key is outside query boundaries based on provided conditions",
        "The provided starting key is invalid",
        "The provided starting key does not match the range key predicate",
    ],
)
def test_a_value_no_row_can_hold_is_the_clients_fault(
    store: Callable[[str, Callable[..., Any]], Store], message: str
) -> None:
    for operation in ("get_item", "put_item", "query", "batch_get_item", "transact_write_items"):
        store(operation, refusing_plainly("ValidationException", message))
        with pytest.raises(Invalid):
            ask(operation)
    store("transact_write_items", cancelled_for(message))
    with pytest.raises(Invalid):
        LIBRARY.transact(row("a"))


def refusing_plainly(code: str, message: str) -> Callable[..., Any]:
    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "GetItem")

    return refuse


def cancelled_for(message: str) -> Callable[..., Any]:
    reasons = [{"Code": "ValidationError", "Message": message}]
    return refusing("TransactionCanceledException", "cancelled", CancellationReasons=reasons)


def ask(operation: str) -> None:
    calls: dict[str, Callable[[], object]] = {
        "get_item": lambda: LIBRARY.get("P", "a"),
        "put_item": lambda: LIBRARY.write(row("a")),
        "query": lambda: LIBRARY.query("P"),
        "batch_get_item": lambda: LIBRARY.get_many([("P", "a")]),
        "transact_write_items": lambda: LIBRARY.transact(row("a")),
    }
    calls[operation]()


def test_a_mistake_of_ours_stays_one(store: Callable[[str, Callable[..., Any]], Store]) -> None:
    for code, message in (
        ("ValidationException", "Invalid UpdateExpression: Syntax error"),
        ("ResourceNotFoundException", "Requested resource not found"),
        ("AccessDeniedException", "size exceeded"),
    ):
        store("get_item", refusing_plainly(code, message))
        with pytest.raises(ClientError):
            LIBRARY.get("P", "a")


# ---- trying again


def test_a_collision_is_tried_again_with_growing_random_pauses(no_pauses: list[float]) -> None:
    tries = iter([Contended(), ConditionFailed(), Contended()])

    def attempt() -> str:
        for error in tries:
            raise error
        return "done"

    assert retry_contended(attempt) == "done"
    assert len(no_pauses) == 3
    assert all(0 <= pause <= 0.02 * 2**n for n, pause in enumerate(no_pauses))


def test_a_collision_that_does_not_end_is_given_up(no_pauses: list[float]) -> None:
    def attempt() -> None:
        raise Contended

    with pytest.raises(Contended):
        retry_contended(attempt, tries=4)
    assert len(no_pauses) == 3


def test_somebody_who_is_always_quicker_is_the_same(no_pauses: list[float]) -> None:
    def attempt() -> None:
        raise ConditionFailed

    with pytest.raises(Contended):
        retry_contended(attempt)


def test_only_the_causes_named_are_tried_again(no_pauses: list[float]) -> None:
    def attempt() -> None:
        raise ConditionFailed

    with pytest.raises(ConditionFailed):
        retry_contended(attempt, causes=(Contended,))
    assert no_pauses == []


def test_each_table_asks_for_its_name_when_it_is_used(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAFFIC_TABLE", "elsewhere")
    assert TRAFFIC.name == "elsewhere"
    monkeypatch.setenv("TRAFFIC_TABLE", "")
    assert TRAFFIC.name == "Traffic"
