"""What the distribution's origins answer. Of MiniStack's own way to them, four rules are made good here:

1. A viewer function may choose an origin group (`cf.createRequestOriginGroup`): `with_origin_groups` gives the function
   a `cf` that writes the choice into a header, and `fetch` follows it, falling over on the statuses it names.
2. An origin named `….execute-api….amazonaws.com` is one of MiniStack's own APIs, called in this process.
3. The REST API that hands upload parts to S3 is not emulated: the HTTP API's function takes them instead.
4. MiniStack answers OPTIONS itself, before it looks for a route; API Gateway asks the function.
"""

import json
import re
import urllib.parse
from collections.abc import Callable
from typing import Any

import ministack.app as ministack
from ministack.services import apigateway, cloudfront

from scripts.local.kept import Answer

GROUP = "x-local-origin-group"


class Origins:
    def __init__(self, parsed: Callable[[], dict[str, Any]]) -> None:
        """`parsed` is the distribution's configuration, read."""
        self.http_api = self.socket_api = ""  # ids, set once the stack is there
        self._parsed = parsed
        self._fetch = cloudfront._fetch_from_origin
        self._invoke = apigateway._invoke_lambda_proxy
        apigateway._invoke_lambda_proxy = self.invoke

    async def fetch(
        self,
        origin: dict[str, Any],
        method: str,
        uri: str,
        query: str,
        headers: dict[str, Any],
        body: bytes,
        *rest: Any,
    ) -> Answer:
        """What the chosen origin answers; with an origin group, the first of its origins that does not fail."""
        chosen = json.loads(headers.pop(GROUP, "null"))
        origins = self._parsed()["origins"]
        members = [origins[name] for name in chosen["origins"]] if chosen else [origin]
        for member in members[:-1]:
            found = await self.fetch_one(member, method, uri, query, headers, body, *rest)
            if found.status not in chosen["statuses"]:
                return found
        return await self.fetch_one(members[-1], method, uri, query, headers, body, *rest)

    async def fetch_one(
        self,
        origin: dict[str, Any],
        method: str,
        uri: str,
        query: str,
        headers: dict[str, Any],
        body: bytes,
        *rest: Any,
    ) -> Answer:
        if ".execute-api." not in origin["domain_name"]:
            return Answer(*await self._fetch(origin, method, uri, query, headers, body, *rest))
        if origin["domain_name"].startswith(f"{self.socket_api}."):
            return Answer(426, "", {"content-type": "application/json"}, b'{"message":"Upgrade Required"}')
        _, address, forwarded, *_ = rest
        sent = cloudfront._origin_request_headers(origin, headers, address, forwarded)
        sent = {name.lower(): value for name, value in sent.items()} | {"x-forwarded-proto": "http"}
        prefix = f"/_aws/execute-api/{self.http_api}/$default"
        status, answered, content = await ministack._handle_execute_api_request(
            "localhost",
            prefix + urllib.parse.unquote(uri),
            method.lower() if method == "OPTIONS" else method,  # rule 4: `invoke` spells it again
            sent,
            body,
            urllib.parse.parse_qs(query, keep_blank_values=True),
            raw_path=prefix + uri,
            raw_query_string=query,
        )
        content = content.encode() if isinstance(content, str) else content
        return Answer(status, "", {name.lower(): value for name, value in answered.items()}, content)

    async def invoke(
        self, integration: Any, api: str, stage: str, path: str, method: str, *rest: Any, **more: Any
    ) -> tuple[int, dict[str, Any], Any]:
        found: tuple[int, dict[str, Any], Any] = await self._invoke(
            integration, api, stage, path, method.upper(), *rest, **more
        )
        return found


def with_origin_groups(code: str) -> str:
    """A viewer function's code for a runtime without `import cf from 'cloudfront'`: rule 1 above."""
    if "from 'cloudfront'" not in code:
        return code
    body = re.sub(r"^import cf from 'cloudfront';?$", "", code, flags=re.MULTILINE)
    return (
        "let chosen;\n"
        "const cf = { createRequestOriginGroup(group) { chosen = group; } };\n"
        f"{body}\n"
        "const decide = handler;\n"
        "handler = event => {\n"
        "  chosen = undefined;\n"
        "  const request = decide(event);\n"
        f"  if (chosen) request.headers['{GROUP}'] = {{ value: JSON.stringify({{\n"
        "    origins: chosen.originIds.map(o => o.originId), statuses: chosen.failoverCriteria.statusCodes }) };\n"
        "  return request;\n"
        "};\n"
    )
