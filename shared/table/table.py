"""One table: plain values in and out, pages bounded, refusals typed. There is no scan here, on purpose.

Rules from the DynamoDB developer guide: 100 keys a BatchGet, 25 writes a BatchWrite, 100 actions a transaction, 1 MB a
query page; unprocessed keys are asked for again with a growing pause.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shared import aws
from shared.table.actions import ConditionFailed, Write, refusal_of
from shared.table.cursors import open_cursor, seal_cursor
from shared.table.indexes import PRIMARY, Index
from shared.table.store import UNFIT, Contended, ask, pauses, retry_contended, unfit
from shared.table.values import Item, Key, expression, pack_item, pack_key, unpack_item

AGAIN = 5  # tries of one write that meets others: a third of a second


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Item]
    cursor: str | None  # hand it back to go on; None at the end


class Table:
    """One table. `name` is asked for at each call, so that settings can change under a test."""

    def __init__(self, name: Callable[[], str], indexes: Sequence[Index] = ()) -> None:
        self._name, self.indexes = name, tuple(indexes)

    @property
    def name(self) -> str:
        return self._name()

    def get(self, pk: str, sk: str) -> Item | None:
        """One row, read consistently."""
        found = ask("get_item", TableName=self.name, Key=pack_key((pk, sk)), ConsistentRead=True)
        return unpack_item(found["Item"]) if "Item" in found else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The rows that exist among `keys`, read consistently; 100 a call."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), 100):
            pending = [pack_key(key) for key in wanted[start : start + 100]]
            for pause in pauses():
                answer = ask("batch_get_item", RequestItems={self.name: {"Keys": pending, "ConsistentRead": True}})
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
        index: Index = PRIMARY,
        eventually: bool = False,
        limit: int = 100,
        newest_first: bool = False,
        cursor: str | None = None,
        until: str = "",
    ) -> Page:
        """A page of one partition in sort-key order, read consistently.

        A global index cannot be: who asks one says `eventually=True`, and has read that its answer may be older than
        the last write.
        """
        if index is not PRIMARY and index not in self.indexes:
            raise TypeError(f"{self.name} declares no index {index.name}")
        if eventually is index.local:
            raise TypeError(f"{index.name or 'the table'} is read {'consistently' if index.local else 'eventually'}")
        text, values = f"#{index.pk} = :pk", {"pk": pk}
        if prefix:
            text, values = f"{text} AND begins_with(#{index.sk}, :prefix)", values | {"prefix": prefix}
        elif until:
            text, values = f"{text} AND #{index.sk} <= :until", values | {"until": until}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": text,
            "ConsistentRead": not eventually,
            "ScanIndexForward": not newest_first,
            "Limit": limit,
            **expression(text, values),
        }
        if index.name:
            request["IndexName"] = index.name
        if cursor:
            request["ExclusiveStartKey"] = open_cursor(cursor, pk, index)
        answer = ask("query", **request)
        last = answer.get("LastEvaluatedKey")
        return Page([unpack_item(raw) for raw in answer["Items"]], seal_cursor(last, index) if last else None)

    def every(
        self, pk: str, prefix: str = "", *, index: Index = PRIMARY, eventually: bool = False, until: str = ""
    ) -> Iterator[Item]:
        """All rows of one partition, or those up to a sort key. For workers: its cost is not bounded."""
        cursor: str | None = None
        while True:
            page = self.query(pk, prefix, index=index, eventually=eventually, limit=1000, cursor=cursor, until=until)
            yield from page.items
            if (cursor := page.cursor) is None:
                return

    def write(self, action: Write) -> Item:
        """One conditional write; returns the row as it is afterwards (Update) or was before (Put, Delete).

        Raises the action's refusal, or ConditionFailed when it has none.
        """
        return retry_contended(lambda: self._write(action), AGAIN, (Contended,))

    def _write(self, action: Write) -> Item:
        kind, request = action.request(self.name)
        request["ReturnValues"] = "ALL_NEW" if kind == "Update" else "ALL_OLD"
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        call = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
        refusals = aws.client("dynamodb").exceptions
        try:
            answer = ask(call, **request)
        except refusals.ConditionalCheckFailedException as error:
            old = unpack_item(error.response.get("Item", {})) or None
            raise (action.refusal or ConditionFailed(old)) from None
        except refusals.TransactionConflictException:
            raise Contended from None
        return unpack_item(answer.get("Attributes", {}))

    def transact(self, *actions: Write, token: str = "") -> None:
        """All or nothing. `token` makes a repeat within ten minutes a no-op.

        Raises the refusal of the first action whose condition fails and that has one, else ConditionFailed.
        """
        retry_contended(lambda: self._transact(actions, token), AGAIN, (Contended,))

    def _transact(self, actions: Sequence[Write], token: str) -> None:
        request: dict[str, Any] = {"TransactItems": [dict([action.request(self.name)]) for action in actions]}
        if token:
            request["ClientRequestToken"] = token
        try:
            ask("transact_write_items", **request)
        except aws.client("dynamodb").exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            codes = [reason.get("Code") for reason in reasons]
            if failed := [index for index, code in enumerate(codes) if code == "ConditionalCheckFailed"]:
                raise (refusal_of(actions, failed) or ConditionFailed(failed=failed)) from None
            if "TransactionConflict" in codes:  # another write was on one of the rows: nothing of ours is done
                raise Contended from None
            if any(UNFIT.search(reason.get("Message") or "") for reason in reasons):
                raise unfit() from None
            raise

    def put_many(self, items: Iterable[Item]) -> None:
        """Unconditional puts, 25 a call."""
        self._write_many([{"PutRequest": {"Item": pack_item(item)}} for item in items])

    def delete_many(self, keys: Iterable[Key]) -> None:
        """Unconditional deletes, 25 a call."""
        self._write_many([{"DeleteRequest": {"Key": pack_key(key)}} for key in keys])

    def _write_many(self, requests: Sequence[Item]) -> None:
        for start in range(0, len(requests), 25):
            pending = [*requests[start : start + 25]]
            for pause in pauses():
                answer = ask("batch_write_item", RequestItems={self.name: pending})
                pending = answer.get("UnprocessedItems", {}).get(self.name, [])
                if not pending:
                    break
                time.sleep(pause)
