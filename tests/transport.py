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

from tests import described

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


@functools.cache
def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in unrolled(template()["Resources"], {}).items() if one["Type"] == kind}


def unrolled(node: Any, items: dict[str, str]) -> Any:
    """What AWS::LanguageExtensions makes of it: each `Fn::ForEach::Name: [variable, values, body]` written out.

    `items` are the values of the loops around it. A `Ref` or `Fn::GetAtt` may be of an `Fn::Sub`, which is then known.
    """
    if isinstance(node, list):
        return [unrolled(one, items) for one in node]
    if isinstance(node, str):
        return functools.reduce(lambda text, item: text.replace("${" + item[0] + "}", item[1]), items.items(), node)
    if not isinstance(node, dict):
        return node
    found: dict[str, Any] = {}
    for name, one in node.items():
        if name.startswith("Fn::ForEach::"):
            variable, values, body = one
            for value in values:
                found |= unrolled(body, items | {variable: value})
        else:
            found[unrolled(name, items)] = unrolled(one, items)
    if items and isinstance(found.get("Ref"), dict):
        return {"Ref": found["Ref"]["Fn::Sub"]}
    if items and isinstance(found.get("Fn::GetAtt"), list):
        return {"Fn::GetAtt": [one["Fn::Sub"] if isinstance(one, dict) else one for one in found["Fn::GetAtt"]]}
    return found


def folder_of(function: dict[str, Any]) -> str:
    """`functions/<folder>` of a template's function, from its handler (`functions.files.app.handler`)."""
    return str(function["Properties"]["Handler"]).split(".")[1]


@functools.cache
def routes() -> list[tuple[str, "re.Pattern[str]", str]]:
    """(path, pattern, folder) of each path of the HTTP API, in the order in which API Gateway prefers them."""
    (api,) = resources("AWS::Serverless::HttpApi").values()
    folders = {name: folder_of(one) for name, one in resources("AWS::Serverless::Function").items()}
    found = []
    for path, item in api["Properties"]["DefinitionBody"]["paths"].items():
        method = item["x-amazon-apigateway-any-method"]
        name = method["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]
        pattern = PARAMETER.sub(lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", path)
        route = "$default" if method.get("isDefaultRoute") else path
        found.append((route, re.compile(pattern), folders[f"{name}Function"]))
    return sorted(found, key=lambda one: specificity(one[0]), reverse=True)


def specificity(path: str) -> tuple[int, int]:
    """A full match comes before a greedy one, which comes before $default; then what spells out more of the path.

    API Gateway: Routing API requests (HTTP APIs).
    """
    if path == "$default":
        return 0, 0
    return 1 if path.endswith("+}") else 2, sum(not part.startswith("{") for part in path.split("/"))


class Gateway(httpx.BaseTransport):
    """Answers requests by calling the functions' own handlers in this process."""

    def __init__(self, address: str = "203.0.113.9") -> None:
        self.address = address

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.partition(b"?")[0].decode()
        for route, pattern, folder in routes():
            match = pattern.fullmatch(path)
            if match or route == "$default":
                event = event_of(request, route, path, match.groupdict() if match else {}, self.address)
                answer = response_of(invoke(folder, event), request)
                described.compare(request.method, unquote(path), answer)
                return answer
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
