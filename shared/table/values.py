"""Python values as DynamoDB's, and the placeholders of an expression."""

import re
from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]
Key = tuple[str, str]
NAME = re.compile(r"#(\w+)")


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


def pack_key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def expression(text: str, values: Mapping[str, Any], *more: str) -> dict[str, Any]:
    """The placeholder maps that `text` (and `more`) use."""
    names = {f"#{name}": name for part in (text, *more) for name in NAME.findall(part)}
    maps: dict[str, Any] = {}
    if names:
        maps["ExpressionAttributeNames"] = names
    if values:
        maps["ExpressionAttributeValues"] = {f":{name}": pack(value) for name, value in values.items()}
    return maps
