"""template.yaml onto the embedded CloudFormation, and what that leaves to us: the HTTP API's routes, the site."""

import hashlib
import io
import json
import os
import py_compile
import re
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import boto3
from samtranslator.yaml_helper import yaml_parse

from scripts import site
from scripts.local.origins import with_origin_groups
from scripts.local.world import ROOT, STACK, parameters

CODE_BUCKET = "local-code"


class NotDeployed(Exception):
    """The stack did not come up; the message says which resource failed and why."""


def deploy(data: Path, own: dict[str, str], port: int) -> dict[str, str]:
    """Bring the stack to what the tree and the environment say; answer its outputs. Nothing changed: nothing done."""
    declared = yaml_parse((ROOT / "template.yaml").read_text())
    chosen = parameters(declared["Parameters"], own, port)
    code = code_archive()
    key = f"{hashlib.sha256(code).hexdigest()}.zip"
    template = json.dumps(local(declared, f"s3://{CODE_BUCKET}/{key}"))
    template = template.replace(
        "https://${SocketApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/ws",
        f"http://127.0.0.1:{port}/_aws/execute-api/${{SocketApi}}/ws",
    )
    for name in [name for name, kind in declared["Parameters"].items() if kind["Type"] == "Number"]:
        template = template.replace(
            json.dumps({"Ref": name}), str(chosen.get(name, declared["Parameters"][name]["Default"]))
        )
    version = hashlib.sha256(json.dumps([template, chosen, site.version()], sort_keys=True).encode()).hexdigest()
    deployed = data / "deployed"
    if not deployed.exists() or deployed.read_text() != version:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=CODE_BUCKET)
        s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=code)
        s3.put_object(Bucket=CODE_BUCKET, Key="template.json", Body=template)  # too long for the call itself
        apply(f"{os.environ['AWS_ENDPOINT_URL']}/{CODE_BUCKET}/template.json", chosen)
        connect_routes(declared["Resources"])
        site.upload_site(outputs()["SiteBucketName"])
        (data / "deploying").write_text(version)  # deployed once the state is saved (run.py)
    return outputs()


def local(template: dict[str, Any], code: str) -> dict[str, Any]:
    """The template with our code's address filled in, and without what only the cloud has (versions, SnapStart)."""
    resources = {}
    for name, resource in template["Resources"].items():
        if name.startswith("Fn::ForEach::"):  # MiniStack writes these out
            resources[name] = resource
            continue
        if resource["Type"] == "AWS::Serverless::Function":
            left = {"AutoPublishAlias", "AutoPublishAliasAllProperties", "SnapStart"}
            properties = {key: value for key, value in resource["Properties"].items() if key not in left}
            resource = {"Type": resource["Type"], "Properties": properties | {"CodeUri": code}}
        if resource["Type"] == "AWS::CloudFront::Function":
            properties = resource["Properties"]
            resource = resource | {
                "Properties": properties | {"FunctionCode": with_origin_groups(properties["FunctionCode"])}
            }
        resources[name] = resource
    text = json.dumps(template | {"Resources": resources})
    without_aliases: dict[str, Any] = json.loads(re.sub(r"(Function)Aliaslive|(Function\.Arn\}):live", r"\1\2", text))
    return without_aliases


def code_archive() -> bytes:
    """functions/ and shared/, with compiled code that needs no check of its source (a worker unpacks it anew)."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out, tempfile.TemporaryDirectory() as folder:
        for path in sorted(path for part in ("functions", "shared") for path in (ROOT / part).rglob("*")):
            if path.is_dir() or "__pycache__" in path.parts:
                continue
            name = path.relative_to(ROOT)
            out.writestr(zipfile.ZipInfo(str(name)), path.read_bytes())  # no dates: same code, same archive
            if path.suffix == ".py" and (compiled := compile_unchecked(path, name, Path(folder))):
                cached = name.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"
                out.writestr(zipfile.ZipInfo(str(cached)), compiled)
    return archive.getvalue()


def compile_unchecked(path: Path, name: Path, folder: Path) -> bytes:
    """The module's .pyc; nothing for one that does not compile, whose own function says so when it is called."""
    made, mode = folder / "module.pyc", py_compile.PycInvalidationMode.UNCHECKED_HASH
    try:
        py_compile.compile(str(path), str(made), str(name), doraise=True, invalidation_mode=mode)
    except py_compile.PyCompileError:
        return b""
    return made.read_bytes()


def apply(template_url: str, chosen: dict[str, str]) -> None:
    """Create or update the stack and wait; the reason of a failure goes to the reader."""
    stacks = boto3.client("cloudformation")
    arguments: dict[str, Any] = {
        "StackName": STACK,
        "TemplateURL": template_url,
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in chosen.items()],
        "Capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    known = {stack["StackName"] for stack in stacks.describe_stacks()["Stacks"]}
    try:
        (stacks.update_stack if STACK in known else stacks.create_stack)(**arguments)
    except stacks.exceptions.ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
    while (status := stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]).endswith("_IN_PROGRESS"):
        time.sleep(0.1)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = stacks.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [
            f"  {event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in events
            if "FAILED" in event["ResourceStatus"] and event.get("ResourceStatusReason")
        ]
        raise NotDeployed("\n".join([f"The template did not deploy ({status}).", *reasons[:20]]))


def outputs() -> dict[str, str]:
    stack = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def functions_environment() -> dict[str, str]:
    """What the functions are told, all of them together, for scripts/invoke and the developer's own scripts."""
    found: dict[str, str] = {}
    for function in boto3.client("lambda").list_functions()["Functions"]:
        found |= function["Environment"]["Variables"]
    kept = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL")
    return found | {name: os.environ[name] for name in kept}


def has_administrator(table: str) -> bool:
    key = {"pk": {"S": "ADMINS"}, "sk": {"S": "COUNT"}}
    found = boto3.client("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
    return int(found.get("count", {}).get("N", "0")) > 0


def connect_routes(resources: dict[str, Any]) -> None:
    """The HTTP API's routes from its OpenAPI document, of which MiniStack takes no notice.

    Each path names its integration, and an integration is named for its function.
    """
    gateway, functions = boto3.client("apigatewayv2"), boto3.client("lambda")
    made = boto3.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    physical = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in made}
    api = physical["HttpApi"]
    for route in gateway.get_routes(ApiId=api, MaxResults="500")["Items"]:
        gateway.delete_route(ApiId=api, RouteId=route["RouteId"])
    for integration in gateway.get_integrations(ApiId=api, MaxResults="500")["Items"]:
        gateway.delete_integration(ApiId=api, IntegrationId=integration["IntegrationId"])
    targets: dict[str, str] = {}
    for path, item in resources["HttpApi"]["Properties"]["DefinitionBody"]["paths"].items():
        method = item["x-amazon-apigateway-any-method"]
        name = method["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]
        if name not in targets:
            function = functions.get_function(FunctionName=physical[f"{name}Function"])
            targets[name] = gateway.create_integration(
                ApiId=api,
                IntegrationType="AWS_PROXY",
                IntegrationUri=function["Configuration"]["FunctionArn"],
                PayloadFormatVersion="2.0",
            )["IntegrationId"]
        key = "$default" if method.get("isDefaultRoute") else f"ANY {path}"
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{targets[name]}")
