"""The rights that a function's code uses, and those that the template gives it: pairs of an IAM action and a resource.

A resource is named by its logical id in the template, its indexes as `<id>/index`. Prefixes of a bucket are not looked
at: that they are right is seen when the embedded AWS, which enforces each function's policy, runs the platform.
"""

import ast
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from shared.settings import documented, settings
from tests.reach import ROOT, reached
from tests.transport import folder_of, resources, template

Right = tuple[str, str]
# Where IAM's name is not the operation's own. A missing object is 404 to who may list, 403 to others.
ACTIONS = {
    "s3.get_object": ["s3:GetObject", "s3:ListBucket"],
    "s3.head_object": ["s3:GetObject", "s3:ListBucket"],
    "s3.list_objects_v2": ["s3:ListBucket"],
    "s3.delete_objects": ["s3:DeleteObject"],
    "s3.generate_presigned_post": ["s3:PutObject"],
    "s3.copy_object": ["s3:GetObject", "s3:PutObject"],
    "s3.create_multipart_upload": ["s3:PutObject"],
    "s3.upload_part": ["s3:PutObject"],
    "s3.complete_multipart_upload": ["s3:PutObject"],
    "s3.list_parts": ["s3:ListMultipartUploadParts"],
    "secretsmanager.get_secret_value": ["secretsmanager:GetSecretValue"],
    "stepfunctions.start_execution": ["states:StartExecution"],
    "stepfunctions.stop_execution": ["states:StopExecution"],
    "stepfunctions.describe_execution": ["states:DescribeExecution"],
    "lambda.invoke": ["lambda:InvokeFunction"],
    "apigatewaymanagementapi.post_to_connection": ["execute-api:ManageConnections"],
    "apigatewaymanagementapi.get_connection": ["execute-api:ManageConnections"],
    "apigatewaymanagementapi.delete_connection": ["execute-api:ManageConnections"],
}
KINDS = {  # what a service's calls are about
    "apigatewaymanagementapi": "AWS::ApiGatewayV2::Api",
    "cloudfront": "AWS::CloudFront::Distribution",
    "lambda": "AWS::Serverless::Function",
    "s3": "AWS::S3::Bucket",
    "sqs": "AWS::SQS::Queue",
    "stepfunctions": "AWS::Serverless::StateMachine",
}
WRITES = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "Check": "dynamodb:ConditionCheckItem",
}
ITSELF = "AWS_LAMBDA_FUNCTION_NAME"  # Lambda sets it
READS = {"get_item", "batch_get_item", "query", "batch_write_item"}  # and the one write that has an action of its own
ON_SEVERAL = re.compile(r"\$\{(\w+)(?:\.Arn)?\}(/index/\*)?")


def used(folder: str) -> set[Right]:
    """What the code reaches."""
    found: set[Right] = set()
    seen = reached(folder)
    named = given_settings(folder)
    for ask in seen.asks.values():
        (table,) = named[variable(ask.table)]
        operations = verbs().get(ask.verb, set())  # a field of the same name may hold something else
        found |= {(action("dynamodb", one)[0], f"{table}/index" if ask.index else table) for one in operations & READS}
        if operations - READS:
            found |= {(WRITES[one], table) for one in ask.writes or WRITES}
    for call in seen.calls.values():
        # A bucket's name may be in a mapping that is handed on: then it is any bucket the function knows.
        known = call.given & {*vars(type(settings))} or {one for one in seen.settings if one.endswith("_bucket")}
        names = {variable(one) for one in known} | call.given & seen.variables
        if call.service == "sesv2":  # about addresses, and no resource of ours
            found |= {("ses:SendEmail", "*")}
            continue
        if call.service == "lambda" and ITSELF in call.given:
            found |= {(one, name_of(folder)) for one in action(call.service, call.operation)}
            continue
        if call.service == "secretsmanager":  # an operator's own, named by a parameter
            found |= {
                (action(call.service, call.operation)[0], one) for name in names for one in parameters(folder, name)
            }
            continue
        kind = KINDS[call.service]
        targets = {target for name in names for target in named.get(name, ()) if target in resources(kind)}
        found |= {(one, target) for one in action(call.service, call.operation) for target in targets}
    return found


def variable(setting: str) -> str:
    """The environment variable of a setting."""
    return str(vars(type(settings))[setting].name)


def action(service: str, operation: str) -> list[str]:
    camel = "".join(part.capitalize() for part in operation.split("_"))
    return ACTIONS.get(f"{service}.{operation}", [f"{service}:{camel}"])


@functools.cache
def verbs() -> dict[str, set[str]]:
    """The operations behind each method of Table: the texts in it, and in the methods it calls, that name one."""
    files = [*ROOT.glob("shared/table.py"), *ROOT.glob("shared/table/*.py")]
    trees = [node for path in files for node in ast.parse(path.read_text()).body]
    (table,) = [node for node in trees if isinstance(node, ast.ClassDef) and node.name == "Table"]
    methods = {node.name: node for node in table.body if isinstance(node, ast.FunctionDef)}

    def operations(name: str) -> set[str]:
        nodes = list(ast.walk(methods[name]))
        own = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        calls = {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"}
        named = own & (READS | {"put_item", "update_item", "delete_item", "transact_write_items"})
        return named.union(*(operations(one) for one in calls & set(methods) - {name}))

    return {name: operations(name) for name in methods}


# ---- what the template gives


def function_of(folder: str) -> dict[str, Any]:
    (found,) = [one for one in resources("AWS::Serverless::Function").values() if folder_of(one) == folder]
    return found


def name_of(folder: str) -> str:
    """The function's logical id."""
    (found,) = [name for name, one in resources("AWS::Serverless::Function").items() if folder_of(one) == folder]
    return found


def environment(folder: str) -> dict[str, Any]:
    shared: dict[str, Any] = template()["Globals"]["Function"].get("Environment", {}).get("Variables", {})
    own: dict[str, Any] = function_of(folder)["Properties"].get("Environment", {}).get("Variables", {})
    return shared | own


def given_settings(folder: str) -> dict[str, set[str]]:
    """The template's resources behind each variable of a function's environment."""
    everything = set(template()["Resources"])
    return {
        name: {one.removesuffix("Aliaslive") for one in mentioned(value)} & everything
        for name, value in environment(folder).items()
    }


def parameters(folder: str, name: str) -> set[str]:
    """The template's parameters behind a variable."""
    return {one for one in mentioned(environment(folder)[name]) if one in template()["Parameters"]}


def mentioned(value: Any) -> Iterator[str]:
    """Logical ids in `Ref`, `Fn::GetAtt` and `Fn::Sub`."""
    text = json.dumps(value)
    yield from re.findall(r'"Ref": "(\w+)"', text)
    yield from re.findall(r'"Fn::GetAtt": (?:\[)?"(\w+)', text)
    yield from re.findall(r"\$\{(\w+)", text)


def given(folder: str) -> set[Right]:
    """What the function's policies allow."""
    found: set[Right] = set()
    apart = [
        one["Properties"]["PolicyDocument"]
        for one in resources("AWS::IAM::Policy").values()
        if {"Ref": f"{name_of(folder)}Role"} in one["Properties"]["Roles"]
    ]
    for policy in [*function_of(folder)["Properties"].get("Policies", []), *apart]:
        if "Ref" in policy:
            policy = template()["Resources"][policy["Ref"]]["Properties"]["PolicyDocument"]
        for statement in policy["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            targets = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            found |= {(one, target_of(target)) for one in actions for target in targets}
    return found


def target_of(resource: Any) -> str:
    if resource == "*":
        return "*"
    known = template()["Parameters"] if ":secret:" in json.dumps(resource) else template()["Resources"]
    (name,) = [one for one in mentioned(resource) if one in known]
    return f"{name}/index" if "/index/" in json.dumps(resource) else name


def unexplained(folder: str) -> set[str]:
    """Variables that a function is given and nobody reads, or that it reads and is not given."""
    seen = reached(folder)
    read = {variable(one) for one in seen.settings}
    given_ = set(environment(folder))
    return (read - given_) | {one for one in given_ - read if one in documented() or one not in seen.variables}
