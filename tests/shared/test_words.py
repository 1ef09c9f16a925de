"""What is wrong with a value is said in words."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from shared.errors import Malformed
from shared.web import FormFile
from shared.words import invalid, read_json

Name = Annotated[str, Meta(pattern="^[a-z]+$", max_length=8, description="small letters, at most 8")]
Code = Annotated[str, Meta(pattern="^[a-z]+$")]


class Part(Struct, rename="camel"):
    part_number: Annotated[int, Meta(ge=1, le=100)]


class Thing(Struct, rename="camel"):
    name: Name = "a"
    maybe_name: Name | None = None
    names: list[Name] = []
    code: Code = "a"
    kind: Literal["film", "song"] = "film"
    kinds: list[Literal["film", "song"]] = []
    title: Annotated[str, Meta(min_length=2, max_length=5)] = "abc"
    parts: Annotated[list[Part], Meta(max_length=2)] = []
    weight: Annotated[float, Meta(gt=0)] = 1.0
    count: int = 0
    loud: bool = False
    either: int | str | None = None


class Plain(Struct):
    name: str = ""


class Form(Struct):
    file: FormFile
    name: str = ""


@pytest.mark.parametrize(
    ("body", "field", "constraint"),
    [
        ({"name": "A"}, "name", "small letters, at most 8"),
        ({"name": "abcdefghi"}, "name", "small letters, at most 8"),
        ({"name": 7}, "name", "small letters, at most 8"),
        ({"maybeName": "A"}, "maybeName", "small letters, at most 8"),
        ({"names": ["a", "B"]}, "names[1]", "small letters, at most 8"),
        ({"code": "A"}, "code", "not of the expected form"),
        ({"kind": "book"}, "kind", "one of film, song"),
        ({"kinds": ["film", "book"]}, "kinds[1]", "one of film, song"),
        ({"title": "a"}, "title", "at least 2 characters"),
        ({"title": "abcdef"}, "title", "at most 5 characters"),
        ({"parts": [{"partNumber": 1}] * 3}, "parts", "at most 2 items"),
        ({"parts": [{"partNumber": 101}]}, "parts[0].partNumber", "at most 100"),
        ({"parts": [{"partNumber": 0}]}, "parts[0].partNumber", "at least 1"),
        ({"parts": [{}]}, "parts[0].partNumber", "required"),
        ({"weight": 0}, "weight", "more than 0"),
        ({"count": "7"}, "count", "a whole number, not text"),
        ({"count": 1.5}, "count", "a whole number, not a number"),
        ({"loud": "yes"}, "loud", "true or false, not text"),
        ({"either": []}, "either", "a whole number or text or null, not a list"),
        ({"parts": {}}, "parts", "a list, not an object"),
        ([], "body", "an object, not a list"),
    ],
)
def test_a_refusal_names_the_field_and_says_what_is_wanted(body: Any, field: str, constraint: str) -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.json.decode(msgspec.json.encode(body), type=Thing)
    told = invalid(raised.value, Thing, {})
    assert told.details == {"field": field, "constraint": constraint}
    assert "regex" not in constraint


def test_a_documents_own_words_come_first() -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.json.decode(b'{"parts":[{}]}', type=Thing)
    told = invalid(raised.value, Thing, {"parts[0].partNumber": "Quelle partie ?"})
    assert told.message == "Quelle partie ?"


@pytest.mark.parametrize(
    ("raw", "explanation"),
    [
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"name":"\xff"}', "not UTF-8"),
        (b"{", "Input data was truncated"),
    ],
)
def test_what_is_no_json_is_said_without_the_words_of_our_language(raw: bytes, explanation: str) -> None:
    with pytest.raises(Malformed) as raised:
        read_json(raw, Plain)
    assert (raised.value.message, raised.value.explanation) == ("Malformed JSON", explanation)


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [("file", "text", "a file, not text"), ("name", FormFile("a", "b", b"c"), "text, not a file")],
)
def test_a_file_of_a_form_is_called_so(field: str, value: Any, constraint: str) -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.convert({"file": FormFile("a", "b", b"c"), field: value}, Form)
    assert invalid(raised.value, Form, {}).details == {"field": field, "constraint": constraint}
