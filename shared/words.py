"""What is wrong with a value, in words for a person: msgspec's messages say it for a programmer.

A type may say what it wants itself: `Annotated[str, Meta(pattern=…, description="letters and digits, at most 32")]`.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from shared.errors import Invalid, Malformed

MISSING = re.compile(r"missing required field `(?P<name>[^`]+)`")
PLACE = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
LENGTH = re.compile(r"Expected `(?P<kind>\w+)` of length (?P<side>[<>]=|==) (?P<many>\d+)")
BORDER = re.compile(r"Expected `(int|float)` (?P<side>[<>]=?|==) (?P<border>\S+)")
KIND = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`")
SIDES = {"<=": "at most {}", ">=": "at least {}", "==": "exactly {}", "<": "less than {}", ">": "more than {}"}
COUNTED = {"str": "characters", "array": "items", "object": "fields", "bytes": "bytes"}
KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "FormFile": "a file",
}


def written(text: str, field: str) -> str:
    """The text without what surrounds it. Raises Invalid for one that is blank."""
    if not text.strip():
        raise Invalid(field=field, constraint="not blank")
    return text.strip()


def read_json(raw: bytes | str, model: Any, messages: Mapping[str, str] | None = None) -> Any:
    """JSON as `model` has it. Raises Invalid, which names the field, or Malformed."""
    try:
        return msgspec.json.decode(raw, type=model)
    except msgspec.ValidationError as error:
        raise invalid(error, model, messages or {}) from None
    except RecursionError:
        raise Malformed("Malformed JSON", explanation="nested too deeply") from None
    except UnicodeError:
        raise Malformed("Malformed JSON", explanation="not UTF-8") from None
    except msgspec.DecodeError as error:
        raise Malformed("Malformed JSON", explanation=str(error)) from None


def invalid(error: Exception, model: Any, messages: Mapping[str, str]) -> Invalid:
    """A validation error as ours: the field as the client named it, and what it must be."""
    text = str(error)
    place = PLACE.search(text)
    path = place["path"] if place else ""
    said = PLACE.sub("", text)
    if missing := MISSING.search(text):
        name = f"{path}.{missing['name']}" if path else missing["name"]
        return Invalid(messages.get(name, f"Missing {name}"), field=name, constraint="required")
    name = path or "body"
    title = messages.get(name.partition("[")[0], f"Invalid {name}")
    return Invalid(title, field=name, constraint=described(model, path) or in_words(said, model, path))


def in_words(said: str, model: Any, path: str) -> str:
    if found := LENGTH.match(said):
        return f"{SIDES[found['side']].format(found['many'])} {COUNTED.get(found['kind'], 'long')}"
    if found := BORDER.match(said):
        return SIDES[found["side"]].format(found["border"].removesuffix(".0"))
    if said.startswith("Invalid enum value"):
        return "one of " + ", ".join(str(value) for value in choices(type_at(model, path)))
    if found := KIND.match(said):
        wanted = [KINDS.get(kind.strip(), kind.strip()) for kind in found["wanted"].split("|")]
        return f"{' or '.join(wanted)}, not {KINDS.get(found['got'], found['got'])}"
    if "matching regex" in said:
        return "not of the expected form"
    return said


def described(model: Any, path: str) -> str:
    """The description of the type at `path` (`files[].name` as msgspec writes paths), if it has one."""
    found = type_at(model, path)
    for one in (found, *getattr(found, "types", ())):
        if isinstance(one, msgspec.inspect.Metadata):
            return str((one.extra_json_schema or {}).get("description", ""))
    return ""


def type_at(model: Any, path: str) -> Any:
    info: Any = msgspec.inspect.type_info(model)
    for name in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path):
        info = below(info, name)
    return info


def below(info: Any, name: str) -> Any:
    """The type of one field or item of a type."""
    inspect = msgspec.inspect
    if isinstance(info, inspect.Metadata):
        return below(info.type, name)
    if isinstance(info, inspect.UnionType):
        return next((found for one in info.types if (found := below(one, name)) is not None), None)
    if isinstance(info, inspect.StructType):
        return next((field.type for field in info.fields if field.encode_name == name), None)
    return getattr(info, "item_type", getattr(info, "value_type", None))


def choices(info: Any) -> tuple[Any, ...]:
    inspect = msgspec.inspect
    if isinstance(info, inspect.Metadata):
        return choices(info.type)
    if isinstance(info, inspect.UnionType):
        return tuple(value for one in info.types for value in choices(one))
    return tuple(getattr(info, "values", ()))
