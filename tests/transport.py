"""From an httpx request to the function that owns the path, as API Gateway would: the real event, the real handler.

Which function owns a path is read from `template.yaml`, so a route that the template forgets cannot be reached in a
test.
"""

import base64
import functools
import importlib
import json
import re
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import unquote

import httpx
import yaml

ROOT = Path(__file__).parent.parent
PARAMETER = re.compile(r"\{(\w+)(\+?)\}")


class _Loader(yaml.SafeLoader):
    """CloudFormation's YAML: `!Ref x` reads as `{"Ref": "x"}`, the others as `{"Fn::Name": …}`."""


def _tag(loader: Any, suffix: str, node: Any) -> Any:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tag)


@functools.cache
def template() -> dict[str, Any]:
    return cast(dict[str, Any], yaml.load((ROOT / "template.yaml").read_text(), _Loader))  # noqa: S506


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in unrolled(template()["Resources"]).items() if one["Type"] == kind}


def unrolled(declared: dict[str, Any]) -> dict[str, Any]:
    """Resources with each `Fn::ForEach::Name: [variable, values, body]` written out (AWS::LanguageExtensions)."""
    flat: dict[str, Any] = {}
    for name, one in declared.items():
        if not name.startswith("Fn::ForEach::"):
            flat[name] = one
            continue
        variable, values, body = one
        for value in values:
            flat |= json.loads(json.dumps(body).replace("${" + variable + "}", value))
    return flat


def folder_of(function: dict[str, Any]) -> str:
    """`functions/<folder>` of a template's function, from its handler (`functions.files.app.handler`)."""
    return str(function["Properties"]["Handler"]).split(".")[1]


@functools.cache
def routes() -> list[tuple[str, str, "re.Pattern[str]", str]]:
    """(method, path, pattern, folder) of every API event, the most specific first, as API Gateway picks them."""
    found = []
    for function in resources("AWS::Serverless::Function").values():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == "HttpApi":
                path = event["Properties"].get("Path", "$default")
                pattern = PARAMETER.sub(lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", path)
                found.append(
                    (event["Properties"].get("Method", "ANY").upper(), path, re.compile(pattern), folder_of(function))
                )
    return sorted(found, key=lambda one: (one[1] == "$default", one[1].count("{"), -len(one[1])))


class Gateway(httpx.BaseTransport):
    """Answers requests by calling the functions' own handlers in this process."""

    def __init__(self, address: str = "203.0.113.9") -> None:
        self.address = address

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.partition(b"?")[0].decode()
        for method, route, pattern, folder in routes():
            match = pattern.fullmatch(path)
            if route == "$default" or (match and method in ("ANY", request.method)):
                event = event_of(request, route, path, match.groupdict() if match else {}, self.address)
                return response_of(invoke(folder, event), request)
        raise AssertionError("the template has no $default route")


def invoke(folder: str, event: dict[str, Any]) -> Any:
    module = importlib.import_module(f"functions.{folder}.app")
    context = SimpleNamespace(aws_request_id=str(uuid.uuid4()), function_name=folder, memory_limit_in_mb=512)
    return module.handler(json.loads(json.dumps(event)), context)


def event_of(request: httpx.Request, route: str, path: str, parameters: dict[str, str], address: str) -> dict[str, Any]:
    """API Gateway's event, payload format 2.0: cookies apart, repeated headers joined, binary bodies in base64."""
    body = request.read()
    headers: dict[str, str] = {}
    for name, value in request.headers.multi_items():
        headers[name.lower()] = f"{headers[name.lower()]},{value}" if name.lower() in headers else value
    cookies = [one for one in headers.pop("cookie", "").split("; ") if one]
    key = "$default" if route == "$default" else f"ANY {route}"
    return {
        "version": "2.0",
        "routeKey": key,
        "rawPath": unquote(path),
        "rawQueryString": request.url.query.decode(),
        "cookies": cookies,
        "headers": headers,
        "pathParameters": {name: unquote(value) for name, value in parameters.items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "test",
            "domainName": request.url.host,
            "requestId": str(uuid.uuid4()),
            "routeKey": key,
            "stage": "$default",
            "time": "22/Nov/2026:00:00:00 +0000",
            "timeEpoch": 0,
            "http": {
                "method": request.method,
                "path": unquote(path),
                "protocol": "HTTP/1.1",
                "sourceIp": address,
                "userAgent": headers.get("user-agent", ""),
            },
        },
        "isBase64Encoded": bool(body),
        **({"body": base64.b64encode(body).decode()} if body else {}),
    }


def response_of(answer: dict[str, Any], request: httpx.Request) -> httpx.Response:
    raw = answer.get("body") or ""
    body = base64.b64decode(raw) if answer.get("isBase64Encoded") else raw.encode()
    headers = [*answer.get("headers", {}).items(), *(("set-cookie", one) for one in answer.get("cookies", ()))]
    return httpx.Response(answer["statusCode"], headers=headers, content=body, request=request)
