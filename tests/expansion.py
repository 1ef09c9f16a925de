"""The template as CloudFormation gets it, after its transforms: what counts towards the limit of 500 resources."""

import copy
import functools
from typing import Any

from tests.transport import template, unrolled


@functools.cache
def expanded() -> dict[str, dict[str, Any]]:
    """The resources by logical id. SAM's own translator makes them, offline."""
    from samtranslator.translator.transform import transform

    plain = copy.deepcopy(template() | {"Transform": "AWS::Serverless-2016-10-31"})
    plain["Resources"] = unrolled(plain["Resources"], {})
    for one in plain["Resources"].values():
        if one["Type"] == "AWS::Serverless::Function":
            one["Properties"]["CodeUri"] = "s3://bucket/key"
    values = {name: one.get("Default", "x" * 32) for name, one in plain["Parameters"].items()}
    found: dict[str, dict[str, Any]] = transform(plain, values, NoPolicies())["Resources"]
    return found


class NoPolicies:
    """Names of AWS's managed policies, which nothing here uses."""

    def load(self) -> dict[str, str]:
        return {}
