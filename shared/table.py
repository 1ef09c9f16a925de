"""The one gateway to DynamoDB: plain values in and out, names escaped, pages bounded, refusals typed.

Conditions and update expressions are written as DynamoDB's own, with `#name` for any attribute and `:name` for any
value passed in `values`; the placeholders' maps are derived. There is no scan here, on purpose.

Rules from the DynamoDB developer guide: 100 keys a BatchGet, 25 writes a BatchWrite, 100 actions a transaction, 1 MB a
query page; unprocessed keys are asked for again with a growing pause.
"""

import base64
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from shared import aws
from shared.errors import Invalid, Unavailable

Item = dict[str, Any]
Key = tuple[str, str]
NAME = re.compile(r"#(\w+)")
# DynamoDB's words for a value that came from a client: a key or a row too long, a number too small, a forged cursor.
UNFIT = re.compile(r"size .*exceeded|exceeded .*size|Number (over|under)flow|starting key", re.IGNORECASE)
T = TypeVar("T")


class ConditionFailed(Exception):
    """A condition did not hold. `old` is the row that stood there; `failed` the indexes of a transaction's actions."""

    def __init__(self, old: Item | None = None, failed: Sequence[int] = ()) -> None:
        super().__init__(f"condition failed {list(failed)}")
        self.old, self.failed = old, tuple(failed)


class Contended(Unavailable):
    """Other writes kept meeting ours. A client that is told so (503) may try again."""


# ---- values


def pack(value: Any) -> dict[str, Any]:
    """A Python value as a DynamoDB attribute value."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, Mapping):
        return {"M": pack_item(value)}
    if isinstance(value, list | tuple):
        return {"L": [pack(one) for one in value]}
    raise TypeError(f"{type(value).__name__} cannot be stored")


def unpack(value: Mapping[str, Any]) -> Any:
    ((kind, raw),) = value.items()
    if kind == "N":
        return float(raw) if not raw.lstrip("-").isdigit() else int(raw)
    if kind == "M":
        return unpack_item(raw)
    if kind == "L":
        return [unpack(one) for one in raw]
    return None if kind == "NULL" else raw


def pack_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: pack(value) for name, value in item.items()}


def unpack_item(item: Mapping[str, Any]) -> Item:
    return {name: unpack(value) for name, value in item.items()}


def expression(text: str, values: Mapping[str, Any], *more: str) -> dict[str, Any]:
    """The placeholder maps that `text` (and `more`) use."""
    names = {f"#{name}": name for part in (text, *more) for name in NAME.findall(part)}
    maps: dict[str, Any] = {}
    if names:
        maps["ExpressionAttributeNames"] = names
    if values:
        maps["ExpressionAttributeValues"] = {f":{name}": pack(value) for name, value in values.items()}
    return maps


# ---- writes


@dataclass(frozen=True, slots=True)
class Put:
    item: Mapping[str, Any]
    condition: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def request(self, table: str) -> tuple[str, dict[str, Any]]:
        request = {"TableName": table, "Item": pack_item(self.item), **expression(self.condition, self.values)}
        return "Put", _conditional(request, self.condition)


@dataclass(frozen=True, slots=True)
class Update:
    """`set`, `add` and `remove` by attribute name; values named in `condition` come from `values`."""

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int | float] = field(default_factory=dict)
    remove: Sequence[str] = ()
    condition: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def request(self, table: str) -> tuple[str, dict[str, Any]]:
        parts, values = [], dict(self.values)
        for verb, changes, join in (("SET", self.set, " = "), ("ADD", self.add, " ")):
            if changes:
                parts.append(f"{verb} " + ", ".join(f"#{name}{join}:{verb}_{name}" for name in changes))
                values |= {f"{verb}_{name}": value for name, value in changes.items()}
        if self.remove:
            parts.append("REMOVE " + ", ".join(f"#{name}" for name in self.remove))
        text = " ".join(parts)
        request = {
            "TableName": table,
            "Key": _key(self.key),
            "UpdateExpression": text,
            **expression(text, values, self.condition),
        }
        return "Update", _conditional(request, self.condition)


@dataclass(frozen=True, slots=True)
class Delete:
    key: Key
    condition: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def request(self, table: str) -> tuple[str, dict[str, Any]]:
        request = {"TableName": table, "Key": _key(self.key), **expression(self.condition, self.values)}
        return "Delete", _conditional(request, self.condition)


@dataclass(frozen=True, slots=True)
class Check:
    """Only a condition, inside a transaction."""

    key: Key
    condition: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def request(self, table: str) -> tuple[str, dict[str, Any]]:
        request = {"TableName": table, "Key": _key(self.key), **expression(self.condition, self.values)}
        return "ConditionCheck", _conditional(request, self.condition)


Write = Put | Update | Delete | Check


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _conditional(request: dict[str, Any], condition: str) -> dict[str, Any]:
    return request | {"ConditionExpression": condition} if condition else request


# ---- the table


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Item]
    cursor: str | None  # hand it back to go on; None at the end


class Table:
    """One table. `name` is asked for at each call, so that settings can change under a test."""

    def __init__(self, name: Any) -> None:
        self._name = name

    @property
    def name(self) -> str:
        return str(self._name())

    def get(self, pk: str, sk: str) -> Item | None:
        """One row, read consistently."""
        found = _ask("get_item", TableName=self.name, Key=_key((pk, sk)), ConsistentRead=True)
        return unpack_item(found["Item"]) if "Item" in found else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The rows that exist among `keys`, read consistently; 100 a call."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), 100):
            pending = [_key(key) for key in wanted[start : start + 100]]
            for pause in _pauses():
                answer = _ask("batch_get_item", RequestItems={self.name: {"Keys": pending, "ConsistentRead": True}})
                for raw in answer["Responses"].get(self.name, ()):
                    item = unpack_item(raw)
                    found[item["pk"], item["sk"]] = item
                pending = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
                if not pending:
                    break
                time.sleep(pause)
        return found

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        index: str = "",
        limit: int = 100,
        newest_first: bool = False,
        cursor: str | None = None,
        until: str = "",
    ) -> Page:
        """A page of one partition in sort-key order, read consistently. `index` is a local index of the table."""
        sort = SORT_KEYS[index]
        text, values = "#pk = :pk", {"pk": pk}
        if prefix:
            text, values = f"{text} AND begins_with(#{sort}, :prefix)", values | {"prefix": prefix}
        elif until:
            text, values = f"{text} AND #{sort} <= :until", values | {"until": until}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": text,
            "ConsistentRead": True,
            "ScanIndexForward": not newest_first,
            "Limit": limit,
            **expression(text, values),
        }
        if index:
            request["IndexName"] = index
        if cursor:
            request["ExclusiveStartKey"] = open_cursor(cursor, pk, sort)
        answer = _ask("query", **request)
        last = answer.get("LastEvaluatedKey")
        return Page([unpack_item(raw) for raw in answer["Items"]], seal_cursor(last) if last else None)

    def every(self, pk: str, prefix: str = "", *, index: str = "", until: str = "") -> Iterator[Item]:
        """All rows of one partition, or those up to a sort key. For workers: its cost is not bounded."""
        cursor: str | None = None
        while True:
            page = self.query(pk, prefix, index=index, limit=1000, cursor=cursor, until=until)
            yield from page.items
            if (cursor := page.cursor) is None:
                return

    def write(self, action: Write) -> Item:
        """One conditional write; returns the row as it is afterwards (Update) or was before (Put, Delete)."""
        return retry_contended(lambda: self._write(action), AGAIN, (Contended,))

    def _write(self, action: Write) -> Item:
        kind, request = action.request(self.name)
        request["ReturnValues"] = "ALL_NEW" if kind == "Update" else "ALL_OLD"
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        call = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
        refusals = aws.client("dynamodb").exceptions
        try:
            answer = _ask(call, **request)
        except refusals.ConditionalCheckFailedException as error:
            raise ConditionFailed(unpack_item(error.response.get("Item", {})) or None) from None
        except refusals.TransactionConflictException:
            raise Contended from None
        return unpack_item(answer.get("Attributes", {}))

    def transact(self, *actions: Write, token: str = "") -> None:
        """All or nothing. `token` makes a repeat within ten minutes a no-op."""
        retry_contended(lambda: self._transact(actions, token), AGAIN, (Contended,))

    def _transact(self, actions: Sequence[Write], token: str) -> None:
        request: dict[str, Any] = {"TransactItems": [dict([action.request(self.name)]) for action in actions]}
        if token:
            request["ClientRequestToken"] = token
        try:
            _ask("transact_write_items", **request)
        except aws.client("dynamodb").exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            codes = [reason.get("Code") for reason in reasons]
            if failed := [index for index, code in enumerate(codes) if code == "ConditionalCheckFailed"]:
                raise ConditionFailed(failed=failed) from None
            if "TransactionConflict" in codes:  # another write was on one of the rows: nothing of ours is done
                raise Contended from None
            if any(UNFIT.search(reason.get("Message") or "") for reason in reasons):
                raise unfit() from None
            raise

    def delete_many(self, keys: Iterable[Key]) -> None:
        """Unconditional deletes, 25 a call."""
        wanted = list(keys)
        for start in range(0, len(wanted), 25):
            pending = [{"DeleteRequest": {"Key": _key(key)}} for key in wanted[start : start + 25]]
            for pause in _pauses():
                answer = _ask("batch_write_item", RequestItems={self.name: pending})
                pending = answer.get("UnprocessedItems", {}).get(self.name, [])
                if not pending:
                    break
                time.sleep(pause)


AGAIN = 5  # tries of one write that meets others: a third of a second
SORT_KEYS = {"": "sk", "by_order": "lsi1", "by_category": "lsi2"}


def _ask(operation: str, **request: Any) -> Any:
    """One call. Raises Invalid when the store will not hold what somebody sent."""
    client = aws.client("dynamodb")
    try:
        return getattr(client, operation)(**request)
    except client.exceptions.ClientError as error:
        told = error.response["Error"]
        if told["Code"] == "ValidationException" and UNFIT.search(told["Message"]):
            raise unfit() from None
        raise


def unfit() -> Invalid:
    return Invalid("Value out of bounds", explanation="something in the request is too long, or too small a number")


def _pauses() -> Iterator[float]:
    """50 ms doubling: 7 tries in about 6 seconds, then the store is not keeping up."""
    for attempt in range(7):
        yield 0.05 * 2**attempt
    raise Unavailable("The database is busy")


def retry_contended(
    action: Callable[[], T], tries: int = 10, causes: tuple[type[Exception], ...] = (Contended, ConditionFailed)
) -> T:
    """Call `action` again after one of `causes`: an optimistic read-change-write that somebody else came between.

    The pauses grow and are random, so that two who collide do not collide again (full jitter). Raises Contended when
    that does not end.
    """
    for attempt in range(tries):
        try:
            return action()
        except causes:
            if attempt < tries - 1:
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
    raise Contended


def seal_cursor(last: Mapping[str, Any]) -> str:
    """Where the next page starts, as one opaque word. The partition is left out: it is the caller's to know."""
    keys = {name: value["S"] for name, value in last.items() if name != "pk"}
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode().rstrip("=")


def open_cursor(cursor: str, pk: str, sort: str = "sk") -> dict[str, Any]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        keys = msgspec.json.decode(raw, type=dict[str, str])
    except (ValueError, msgspec.MsgspecError):
        keys = {}
    if keys.keys() != {"sk", sort} or not all(keys.values()):
        raise Invalid("Invalid cursor", field="cursor", constraint="a nextCursor of an earlier page")
    return {"pk": {"S": pk}} | {name: {"S": value} for name, value in keys.items()}
