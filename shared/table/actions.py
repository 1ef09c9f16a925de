"""What can be written: four actions, alone or together in a transaction, each with its condition and its refusal.

Conditions are DynamoDB's own expressions, with `#name` for any attribute and `:name` for any value passed in `values`.
`refusal` is what is raised when the action's own condition is the one that does not hold: the sentence for the client
stands beside the rule it explains. Without one, ConditionFailed is raised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.table.values import Item, Key, expression, pack_item, pack_key

ABSENT = "attribute_not_exists(pk)"
PRESENT = "attribute_exists(pk)"


class ConditionFailed(Exception):
    """A condition did not hold. `old` is the row that stood there; `failed` the indexes of a transaction's actions."""

    def __init__(self, old: Item | None = None, failed: Sequence[int] = ()) -> None:
        super().__init__(f"condition failed {list(failed)}")
        self.old, self.failed = old, tuple(failed)


@dataclass(frozen=True, slots=True)
class Put:
    item: Mapping[str, Any]
    condition: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    refusal: Exception | None = None

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
    refusal: Exception | None = None

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
            "Key": pack_key(self.key),
            "UpdateExpression": text,
            **expression(text, values, self.condition),
        }
        return "Update", _conditional(request, self.condition)


@dataclass(frozen=True, slots=True)
class Delete:
    key: Key
    condition: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    refusal: Exception | None = None

    def request(self, table: str) -> tuple[str, dict[str, Any]]:
        request = {"TableName": table, "Key": pack_key(self.key), **expression(self.condition, self.values)}
        return "Delete", _conditional(request, self.condition)


@dataclass(frozen=True, slots=True)
class Check:
    """Only a condition, inside a transaction."""

    key: Key
    condition: str
    values: Mapping[str, Any] = field(default_factory=dict)
    refusal: Exception | None = None

    def request(self, table: str) -> tuple[str, dict[str, Any]]:
        request = {"TableName": table, "Key": pack_key(self.key), **expression(self.condition, self.values)}
        return "ConditionCheck", _conditional(request, self.condition)


Write = Put | Update | Delete | Check


def refusal_of(actions: Sequence[Write], failed: Sequence[int]) -> Exception | None:
    """What the first of the failed actions that has a refusal says."""
    return next((told for index in failed if (told := actions[index].refusal)), None)


def _conditional(request: dict[str, Any], condition: str) -> dict[str, Any]:
    return request | {"ConditionExpression": condition} if condition else request
