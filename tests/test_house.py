"""The house is one story: folders, template, routes, OpenAPI, settings, dependencies and README agree."""

import ast
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest

from functions.system import app as system
from scripts.openapi import apis, openapi
from shared import cache, settings
from shared.cache import Cache
from shared.community import caching as community_caching
from shared.library import caching
from shared.web import Reply, respond
from tests.rights import environment
from tests.transport import ROOT, folder_of, resources

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOLDERS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))
FUNCTIONS = {folder_of(one): one for one in resources("AWS::Serverless::Function").values()}
README = (ROOT / "README.md").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
# Imported by a library of ours rather than by us: Starlette parses forms with python-multipart, google-auth signs with
# cryptography, boto3 is botocore's own front, yt-dlp finds its scripts in yt-dlp-ejs and AES in pycryptodomex, and
# libass the fonts.
BEHIND_THE_SCENES = {"python-multipart", "boto3", "yt-dlp-ejs", "pycryptodomex", "manimgx-fonts", "manimgx-fonts-cjk"}


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    """Full names of the modules that a file imports, also inside functions; not those for the type checker only."""
    checking = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in checking:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def file_of(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def reached(folder: str) -> set[str]:
    """Top-level packages that a function imports, through whatever of `shared` it reaches."""
    waiting = sorted((ROOT / "functions" / folder).rglob("*.py"))
    seen: set[Path] = set()
    packages: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in imported(ast.parse(path.read_text())):
            if name.partition(".")[0] not in ("shared", "functions"):
                packages.add(name.partition(".")[0])
                continue
            parts = name.split(".")
            for length in range(1, len(parts) + 1):  # importing a.b.c runs a/__init__ and a/b/__init__ too
                found = file_of(".".join(parts[:length]))
                if found is not None:
                    waiting.append(found)
    return packages


def test_each_function_folder_is_in_the_template_and_back() -> None:
    assert sorted(FUNCTIONS) == FOLDERS


def test_no_route_is_declared_twice() -> None:
    routes = [(route.method, route.path) for app in apis().values() for route in app.table]
    assert len(routes) == len(set(routes))


def test_each_handler_says_what_it_does() -> None:
    silent = [route.path for app in apis().values() for route in app.table if not route.handler.__doc__]
    assert silent == []


def test_each_handler_takes_and_returns_what_its_row_says() -> None:
    """`Call[body, query, path]`, and the model that is returned, bare or in a Reply; bytes where there is none.

    A handler of several paths takes what their parameters have in common: the models' base.
    """
    wrong = []
    for app in apis().values():
        for route in app.table:
            hints = get_type_hints(route.handler)
            body, query, parameters = get_args(hints["call"])
            declared = (route.body or type(None), route.query or type(None))
            answered = hints["return"]
            value = get_args(answered)[0] if get_origin(answered) is Reply else answered
            fits = issubclass(route.parameters or type(None), parameters)
            if (body, query) != declared or not fits or value != (route.returns or bytes):
                wrong.append(f"{route.method} {route.path}: {hints}")
    assert wrong == []


def test_the_committed_openapi_document_is_the_routes_own() -> None:
    """`python -m scripts.openapi docs/openapi.json` writes it anew."""
    assert json.loads((ROOT / "docs/openapi.json").read_text()) == openapi()


SAMPLES = {
    "Config": "/api/config",
    "UserFiles": "/api/upload/user/ada",
    "FileInfo": "/api/files/videos/film/info",
    "Thumbnail": "/api/files/videos/film/thumbnail",
    "Media": "/api/files/videos/film",
    "Playlist": "/api/stream/film/master.m3u8",
    "Ratings": "/api/ratings/film",
    "Top10": "/api/ratings/top10",
    "Contents": "/contents/explore",
    "Trends": "/contents/trends",
    "Tags": "/tags",
    "Content": "/contents/a-meme",
    "Categories": "/categories",
    "Published": "/media/content/image.webp",
}


def rules() -> list[Cache]:
    places = (cache, caching, community_caching, system)
    return [one for place in places for one in vars(place).values() if isinstance(one, Cache) and one.edge]


def edge_policy(path: str) -> dict[str, Any]:
    """The cache policy of the first CloudFront behaviour that matches a path."""
    (distribution,) = resources("AWS::CloudFront::Distribution").values()
    config = distribution["Properties"]["DistributionConfig"]
    behaviour = next(
        one
        for one in config["CacheBehaviors"]
        if re.fullmatch(re.escape(one["PathPattern"]).replace(r"\*", ".*"), path)
    )
    policies = resources("AWS::CloudFront::CachePolicy")
    found: dict[str, Any] = policies[behaviour["CachePolicyId"]["Ref"]]["Properties"]["CachePolicyConfig"]
    return found


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_each_cache_rule_has_its_edge_policy(rule: Cache) -> None:
    """`MaxTTL` is the documented edge TTL, and an answer that depends on the caller is keyed by the credentials.

    Playlists share the segments' policy; there the answer's own max-age is what ends first.
    """
    policy = edge_policy(SAMPLES[rule.name])
    longest, own = int(policy["MaxTTL"]), re.search(r"max-age=(\d+)", rule.control)
    assert longest == rule.edge or (rule.name == "Playlist" and own and int(own[1]) == rule.edge < longest)
    keyed = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    headers, cookies = keyed["HeadersConfig"].get("Headers", []), keyed["CookiesConfig"].get("Cookies", [])
    assert ("X-Viewer-Robot" in headers) is rule.tells_bots_apart
    if rule.per_caller:
        assert ({"Authorization", "X-API-Key"} <= set(headers), cookies) == (True, ["next-auth.session-token"])
    else:
        assert (headers, cookies) == (["X-Viewer-Credentials"] if rule.fresh_for_callers else [], [])


def test_what_cached_routes_read_of_their_query_is_in_the_edges_key_and_nothing_else_is() -> None:
    """But for the path of a published file, of which the viewer function makes a path of the address."""
    keyed: dict[str, Any] = {}
    read: defaultdict[str, set[str]] = defaultdict(set)
    for app in apis().values():
        for route in app.table:
            if route.cache in rules():
                policy = edge_policy(SAMPLES[route.cache.name])
                keyed[policy["Name"]["Fn::Sub"]] = policy["ParametersInCacheKeyAndForwardedToOrigin"]
                moved = route.cache is community_caching.PUBLISHED
                fields = msgspec.structs.fields(route.query) if route.query and not moved else ()
                read[policy["Name"]["Fn::Sub"]] |= {field.encode_name for field in fields}
    assert {name: set(key["QueryStringsConfig"].get("QueryStrings", ())) for name, key in keyed.items()} == read


def test_a_cached_answer_is_made_of_nothing_beside_its_key() -> None:
    """What the origin sees of a viewer beyond the key: who they are, to count them, and what only writes look at."""
    (policy,) = resources("AWS::CloudFront::OriginRequestPolicy").values()
    config = policy["Properties"]["OriginRequestPolicyConfig"]
    assert set(config["HeadersConfig"]["Headers"]) == {
        "X-Viewer-Address",
        "Content-Type",
        "Sec-Fetch-Site",
        "Idempotency-Key",
    }
    assert (config["CookiesConfig"], config["QueryStringsConfig"]) == (
        {"CookieBehavior": "none"},
        {"QueryStringBehavior": "none"},
    )


def test_no_error_is_kept_at_the_edge() -> None:
    """Each status that CloudFront would otherwise keep for ten seconds (CloudFront: HTTP 4xx and 5xx status codes)."""
    (distribution,) = resources("AWS::CloudFront::Distribution").values()
    said = distribution["Properties"]["DistributionConfig"]["CustomErrorResponses"]
    assert {one["ErrorCode"] for one in said} == {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}
    assert {one["ErrorCachingMinTTL"] for one in said} == {0}


@pytest.mark.parametrize("name", ["ApiHeaders", "MediaHeaders"])
def test_the_edge_says_of_other_origins_pages_what_the_functions_say(name: str) -> None:
    policy = resources("AWS::CloudFront::ResponseHeadersPolicy")[name]["Properties"]["ResponseHeadersPolicyConfig"]
    cors = policy["CorsConfig"]
    assert cors["AccessControlAllowHeaders"]["Items"] == respond.ALLOWED.split(", ")
    assert cors["AccessControlExposeHeaders"]["Items"] == respond.EXPOSED.split(", ")
    assert set(cors["AccessControlAllowMethods"]["Items"]) == {*respond.METHODS.split(", "), "HEAD", "PATCH"}


def test_each_header_that_a_route_asks_for_may_come_from_another_origins_page() -> None:
    asked = {header.name for app in apis().values() for route in app.table for header in route.asks}
    assert asked <= set(respond.ALLOWED.split(", "))


def test_each_setting_has_a_readme_row_and_each_row_a_setting() -> None:
    rows = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", README, re.MULTILINE))
    assert rows == set(settings.documented())


def test_each_setting_is_given_to_some_function() -> None:
    """What a function reads it is given (test_template.py): a setting that nobody is given is read by nobody."""
    given = {name for folder in FOLDERS for name in environment(folder)}
    awaited = {"WHISPER_MODEL_DIR"}  # of transcriptions, which are there for the studio
    assert sorted(set(settings.documented()) - given) == sorted(awaited)


def test_each_endpoint_of_the_readmes_tour_exists() -> None:
    paths = {route.path for app in apis().values() for route in app.table}
    patterns = [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in paths]
    toured = set(re.findall(r'\$HOST(/[^\s"\'?)]*)', README))
    unknown = [path for path in toured if not any(pattern.fullmatch(path) for pattern in patterns)]
    assert toured
    assert unknown == []


def test_each_script_is_in_the_readme() -> None:
    scripts = [path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and "." not in path.name]
    assert [name for name in scripts if f"scripts/{name}" not in README + OPERATIONS] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_function_imports_is_in_its_dependency_groups_and_back(folder: str) -> None:
    groups = ["core", *PROJECT["tool"]["bobine"]["functions"][folder]]
    declared = {
        re.split(r"[=<>;\[ ]", requirement)[0].lower()
        for group in groups
        for requirement in PROJECT["dependency-groups"][group]
    }
    owners = packages_distributions()
    third_party = {name for name in reached(folder) if name not in sys.stdlib_module_names}
    needed = {owners.get(name, [name])[0].lower() for name in third_party}
    needed -= {"botocore", "faster_whisper"}  # boto3's own other half; what an operator may bring along
    assert needed <= declared
    assert declared - needed - BEHIND_THE_SCENES <= set()


def test_each_pinned_package_is_pinned_without_an_address() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[^\s/]+", line), line
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock


def test_nothing_scans_a_table_and_only_the_gateway_speaks_to_dynamodb() -> None:
    for path, tree in modules("functions", "shared"):
        calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert "scan" not in calls, path
        if path.parent.name != "table":
            assert not calls & {"get_item", "put_item", "update_item", "batch_get_item", "transact_write_items"}, path
