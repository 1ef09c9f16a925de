"""The OpenAPI document of all functions: whole, valid, and nothing in it twice."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct
from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.openapi import apis, openapi
from shared.web import api, get
from shared.web.dialects import library
from shared.web.openapi import document
from shared.web.routes import Route

DOCUMENT = openapi()
ROUTES = [route for app in apis().values() for route in app.table]
SAID = [f"{route.method} {route.path}" for route in ROUTES]


def operation(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_route_is_in_it_and_nothing_else() -> None:
    described = [f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods]
    assert sorted(described) == sorted(SAID)
    assert [route for route, times in Counter(SAID).items() if times > 1] == []


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    used = set(references(DOCUMENT))
    components = {f"#/components/{kind}/{name}" for kind, named in DOCUMENT["components"].items() for name in named}
    assert used <= components
    unused = {name.rpartition("/")[2] for name in components - used}
    assert unused <= {"DownloadError", "bearer", "cookie", "apiKey"}
    assert all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in schemas)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    names = [operation(route)["operationId"] for route in ROUTES]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in names)
    assert [route.path for route in ROUTES if len(operation(route)["summary"]) < 8] == []


@pytest.mark.parametrize("route", ROUTES, ids=SAID)
def test_an_operation_says_what_its_route_asks_for(route: Route) -> None:
    entry = operation(route)
    parameters = {(one["in"], one["name"]) for one in entry["parameters"]}
    assert {name for place, name in parameters if place == "path"} == set(re.findall(r"\{(\w+)\}", route.path))
    assert all(one["required"] for one in entry["parameters"] if one["in"] == "path")
    assert ("requestBody" in entry) == (route.body is not None)
    if route.body is not None:
        kinds = ("application/octet-stream",) if route.body is bytes else route.accepts
        assert tuple(entry["requestBody"]["content"]) == kinds
    security = entry.get("security", [])
    assert ({} in security) == (route.caller.looks and route.caller.needed is not True)
    assert bool(security) == route.caller.looks
    assert {str(route.status), *map(str, route.also)} <= entry["responses"].keys()
    assert {"405", "5XX"} <= entry["responses"].keys()
    assert ("429" in entry["responses"]) == bool(route.limits)
    assert ("401" in entry["responses"]) >= route.caller.looks
    headers = {one["name"] for one in entry["parameters"] if one["in"] == "header"}
    assert {header.name for header in route.asks} <= headers
    assert ("Idempotency-Key" in headers) == route.once
    if route.caller.needed is True:
        assert "Needs credentials" in entry["description"]
    for limit in route.limits:
        assert f"{limit.requests} requests in {limit.seconds} s" in entry["description"]


class One:
    class Answer(Struct):
        number: int


class Other:
    class Answer(Struct):
        text: str


class Same:
    class Answer(Struct):
        number: int


def described(*models: Any) -> dict[str, Any]:
    tables = [api(get(f"/{n}", str, returns=model), dialect=library) for n, model in enumerate(models)]
    return document({str(n): table for n, table in enumerate(tables)}, title="t", version="1", description="d")


def test_two_functions_may_each_have_the_same_model() -> None:
    assert "Answer" in described(One.Answer, Same.Answer)["components"]["schemas"]


def test_two_different_models_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="two different models are called Answer"):
        described(One.Answer, Other.Answer)


def test_it_says_nothing_twice_in_the_same_way_each_time() -> None:
    assert json.dumps(openapi(), sort_keys=True) == json.dumps(DOCUMENT, sort_keys=True)


def test_it_is_a_valid_openapi_3_1_document() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_pattern_in_it_is_one_that_browsers_and_validators_know() -> None:
    patterns = set(re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(DOCUMENT)))
    for pattern in map(json.loads, patterns):
        re.compile(pattern)
        assert not re.search(r"\\[AZz]|\(\?P|\(\?[aiLmsux]", pattern), pattern
        assert not re.search(pattern, "x\n" * 3), pattern
