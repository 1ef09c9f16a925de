"""The template is exact: each function has its paths, settings, rights and alarms, no fewer and no more."""

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.openapi import apis
from tests.expansion import expanded
from tests.rights import environment, function_of, given, unexplained, used
from tests.transport import ROOT, folder_of, resources, routes, specificity, template

FOLDERS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))
HTTP = sorted(apis())
NAMES = {folder_of(one): name.removesuffix("Function") for name, one in resources("AWS::Serverless::Function").items()}
SEGMENT = re.compile(r"\{\w+\}")


def events(folder: str, kind: str) -> list[dict[str, Any]]:
    declared = function_of(folder)["Properties"].get("Events", {}).values()
    return [one["Properties"] for one in declared if one["Type"] == kind]


# ---- paths


def test_a_full_match_is_preferred_then_the_longest_prefix_then_the_default() -> None:
    """As API Gateway does it (Routing API requests for HTTP APIs)."""
    preferred = [
        "/pets/dog/1",
        "/pets/dog/{id}",
        "/pets/{kind}/{id}",
        "/pets/dog/{proxy+}",
        "/pets/{proxy+}",
        "$default",
    ]
    backwards = preferred[::-1]
    assert sorted(backwards, key=specificity, reverse=True) == preferred


def test_the_default_route_answers_for_paths_nobody_serves() -> None:
    assert [folder for path, _, folder in routes() if path == "$default"] == ["system"]


def overlap(route: str, prefix: str) -> bool:
    """Whether some path is both of the route and below the prefix."""
    asked, caught = route.split("/"), prefix.split("/")
    if caught[-1] == "{proxy+}":
        caught = caught[:-1]
        if len(asked) <= len(caught):
            return False
    elif len(asked) != len(caught):
        return False
    pairs = zip(asked, caught, strict=False)
    return all(one == other or SEGMENT.fullmatch(one) or SEGMENT.fullmatch(other) for one, other in pairs)


@pytest.mark.parametrize("folder", HTTP)
def test_each_route_reaches_its_own_function_and_cannot_reach_another(folder: str) -> None:
    for route in apis()[folder].table:
        catching = [(path, owner) for path, _, owner in routes() if path != "$default" and overlap(route.path, path)]
        sample = SEGMENT.sub("sample", route.path)
        first = next(path for path, pattern, _ in routes() if pattern.fullmatch(sample))
        assert (first, folder) in catching, route.path
        before = catching[: catching.index((first, folder))]
        assert {owner for _, owner in before} <= {folder}, route.path


def test_each_path_of_the_template_leads_to_a_route() -> None:
    for path, _, folder in routes():
        assert path == "$default" or any(overlap(route.path, path) for route in apis()[folder].table), path


# ---- settings and rights


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_is_given_the_settings_its_code_reads_and_no_others(folder: str) -> None:
    assert sorted(unexplained(folder)) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_is_given_the_rights_its_code_uses(folder: str) -> None:
    assert sorted(used(folder) - given(folder)) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_is_given_no_right_that_its_code_does_not_use(folder: str) -> None:
    assert sorted(given(folder) - used(folder)) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_environment_leaves_a_quarter_of_lambdas_4_kb_free(folder: str) -> None:
    """With values as long as they get: an address of a queue has about 120 bytes, a secret 64."""
    size = sum(len(name) + (64 if "Param" in str(value) else 120) for name, value in environment(folder).items())
    assert size <= 3072


# ---- size


def test_the_stack_has_room_for_the_systems_to_come() -> None:
    """CloudFormation ends at 500 resources; 400 leave room for what nobody has thought of.

    Paths cost nothing. A kind's cost is counted on what is there today.
    """
    now = expanded()
    workers = sorted(set(FOLDERS) - set(HTTP))
    queues = [name.removesuffix("DeadLetters") for name in now if name.endswith("DeadLetters")]
    schedules = [name for name, one in now.items() if one["Type"] == "AWS::Events::Rule"]
    an_http_function = count(now, rf"{NAMES[HTTP[0]]}(Function.*|Permission|Errors|Throttles|Latency)")
    a_worker = count(now, r"Rank(Function.*|Errors|Throttles)")
    a_queue = count(now, r"Rank(Queue|DeadLetters|DeadLetterDepth)")
    assert (an_http_function, a_worker, a_queue) == (8, 5, 3)
    planned = {"http": 21, "workers": 16, "queues": 15, "schedules": 8}
    assert planned["http"] + planned["workers"] > 35
    others = 30  # state machines and their roles, CloudFront policies, schedule groups
    assert (
        len(now)
        + an_http_function * (planned["http"] - len(HTTP))
        + a_worker * (planned["workers"] - len(workers))
        + a_queue * (planned["queues"] - len(queues))
        + 2 * (planned["schedules"] - len(schedules))
        + others
    ) <= 400


def count(found: dict[str, Any], names: str) -> int:
    return sum(bool(re.fullmatch(names, name)) for name in found)


def test_a_function_that_answers_http_has_one_permission() -> None:
    permitted = [
        one["Properties"]["FunctionName"]["Ref"].removesuffix("FunctionAliaslive")
        for name, one in expanded().items()
        if one["Type"] == "AWS::Lambda::Permission" and name.endswith("Permission") and "HttpApi" in json.dumps(one)
    ]
    assert sorted(permitted) == sorted(NAMES[folder] for folder in HTTP)


# ---- functions, queues and their alarms


def alarms(metric: str) -> dict[str, str]:
    """What an alarm on a metric watches: the alarm's name by the function's or the queue's."""
    return {
        str(dimension["Value"].get("Ref") or dimension["Value"]["Fn::GetAtt"][0]): name
        for name, one in expanded().items()
        if one["Type"] == "AWS::CloudWatch::Alarm" and one["Properties"]["MetricName"] == metric
        for dimension in one["Properties"]["Dimensions"]
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_function_is_watched_and_bounded(folder: str) -> None:
    name, properties = NAMES[folder], function_of(folder)["Properties"]
    assert (properties["CodeUri"], properties["Handler"]) == (f"functions/{folder}", f"functions.{folder}.app.handler")
    assert importlib.import_module(f"functions.{folder}.app").handler
    assert alarms("Errors")[f"{name}Function"] == f"{name}Errors"
    assert alarms("Throttles")[f"{name}Function"] == f"{name}Throttles"
    assert {"Timeout", "MemorySize"} <= {*properties, *template()["Globals"]["Function"]}


@pytest.mark.parametrize("folder", HTTP)
def test_an_http_function_has_an_alias_a_warmer_and_an_alarm_on_its_latency_unless_it_waits(folder: str) -> None:
    name, function = NAMES[folder], function_of(folder)
    waits = function["Metadata"].get("Waits", "")
    assert (f"{name}Function" in alarms("Duration")) is not bool(waits), waits
    assert function["Properties"]["AutoPublishAlias"] == "live"
    assert {"Ref": f"{name}FunctionAliaslive"} in environment("warmer")["WARM_FUNCTIONS"]["Fn::Join"][1]


def test_letters_that_are_read_have_more_deliveries_than_they_bring_along() -> None:
    """A message that becomes a letter may keep its count, and would go on unread with as many."""
    policies = {
        name: one["Properties"]["RedrivePolicy"]
        for name, one in resources("AWS::SQS::Queue").items()
        if "RedrivePolicy" in one["Properties"]
    }
    read = {event["Queue"]["Fn::GetAtt"].split(".")[0] for event in events("deadletters", "SQS")}
    assert read
    for name in read:
        brought = policies[name.replace("DeadLetters", "Queue")]["maxReceiveCount"]
        assert policies[name]["maxReceiveCount"] >= 2 * brought


def test_each_queue_has_a_place_for_what_fails_an_alarm_on_it_and_time_for_its_worker() -> None:
    """Visibility is six times the worker's timeout (AWS: Using Lambda with Amazon SQS)."""
    queues = resources("AWS::SQS::Queue")
    served = set()

    def behind(name: str) -> str:
        """Where a queue's messages end that nobody can do: letters that are read are moved on."""
        policy = queues[name]["Properties"].get("RedrivePolicy")
        return behind(policy["deadLetterTargetArn"]["Fn::GetAtt"].split(".")[0]) if policy else name

    for folder in FOLDERS:
        timeout = function_of(folder)["Properties"].get("Timeout", template()["Globals"]["Function"]["Timeout"])
        for event in events(folder, "SQS"):
            name = event["Queue"]["Fn::GetAtt"].split(".")[0]
            served.add(name)
            queue = queues[name]["Properties"]
            assert queue["VisibilityTimeout"] >= 6 * timeout
            assert behind(name) != name
            assert queues[behind(name)]["Properties"]["MessageRetentionPeriod"] == 14 * 86400
            assert behind(name) in alarms("ApproximateNumberOfMessagesVisible")
            assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert {name for name in queues if not name.endswith("DeadLetters")} <= served
    read = {name for name in served if name.endswith("DeadLetters")}
    assert read == {name for name in queues if name.endswith("DeadLetters") and name != behind(name)}


# ---- tables


def declared_indexes() -> dict[str, Any]:
    """What shared/tables.py says of each table, by the environment variable that names it."""
    from shared import tables

    return {f"{name}_TABLE": table for name, table in vars(tables).items() if type(table).__name__ == "Table"}


def test_the_code_declares_the_indexes_that_the_template_makes() -> None:
    made = {
        name.removesuffix("Table").upper() + "_TABLE": one for name, one in resources("AWS::DynamoDB::Table").items()
    }
    for name, table in declared_indexes().items():
        properties = made[name]["Properties"]
        wanted = {
            (kind, one["IndexName"], *(key["AttributeName"] for key in one["KeySchema"]))
            for kind in ("Local", "Global")
            for one in properties.get(f"{kind}SecondaryIndexes", [])
        }
        declared = {("Local" if one.local else "Global", one.name, one.pk, one.sk) for one in table.indexes}
        assert declared <= wanted, name


def test_each_tables_keys_are_declared_once_and_a_local_index_is_within_dynamodbs_five() -> None:
    for name, table in resources("AWS::DynamoDB::Table").items():
        properties = table["Properties"]
        local, everywhere = (properties.get(f"{kind}SecondaryIndexes", []) for kind in ("Local", "Global"))
        schemas = [properties["KeySchema"], *(one["KeySchema"] for one in [*local, *everywhere])]
        used_names = {key["AttributeName"] for schema in schemas for key in schema}
        assert used_names == {one["AttributeName"] for one in properties["AttributeDefinitions"]}, name
        assert len(local) <= 5


def test_each_index_of_the_template_is_explained() -> None:
    text = Path(ROOT / "docs/data.md").read_text()
    for name, table in resources("AWS::DynamoDB::Table").items():
        section = text.split(f"## {name.removesuffix('Table')}\n")[1].split("\n## ")[0]
        for kind in ("Local", "Global"):
            for one in table["Properties"].get(f"{kind}SecondaryIndexes", []):
                assert f"`{one['IndexName']}`" in section, (name, one["IndexName"])
