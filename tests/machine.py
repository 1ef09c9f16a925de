"""A state machine of the template, run in this process: its tasks call the functions' own handlers.

What the Amazon States Language says of the states that we use (Task, Map, Parallel, Choice, Pass, Succeed, Fail), with
Retry and Catch; items of a Map one after the other, pauses left out.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.transport import resources

Handler = Callable[[dict[str, Any], None], Any]


class Failed(Exception):
    """`name` is what Retry and Catch call it."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(name, cause)
        self.name, self.cause = name, cause


class Machine:
    """`handlers` by the name of their substitution (`Render`). `before` sees each task's input first, and may raise."""

    def __init__(
        self, name: str, handlers: dict[str, Handler], before: Callable[[dict[str, Any]], None] | None = None
    ) -> None:
        self.definition = resources("AWS::Serverless::StateMachine")[name]["Properties"]["Definition"]
        self.handlers, self.before = handlers, before
        self.asked: list[dict[str, Any]] = []

    def run(self, given: dict[str, Any]) -> Any:
        return self.states(self.definition, given, {})

    def states(self, block: dict[str, Any], data: Any, context: dict[str, Any]) -> Any:
        name = block["StartAt"]
        while True:
            state = block["States"][name]
            kind = state["Type"]
            if kind == "Choice":
                name = next((one["Next"] for one in state["Choices"] if chosen(one, data)), state.get("Default"))
                continue
            if kind == "Fail":
                raise Failed(state["Error"], state.get("Cause", ""))
            if kind in ("Succeed", "Pass"):
                result, following = data, state.get("Next")
            else:
                data, following = self.tried(state, data, context)
                result = data
            if following is None:
                return result
            name = following

    def tried(self, state: dict[str, Any], data: Any, context: dict[str, Any]) -> tuple[Any, str | None]:
        tries: dict[int, int] = {}
        while True:
            try:
                return placed(data, self.result(state, data, context), state), state.get("Next")
            except Failed as error:
                if self.again(state, error, tries):
                    continue
                for catcher in state.get("Catch", ()):
                    if named(catcher, error):
                        told = {"Error": error.name, "Cause": error.cause}
                        return placed(data, told, catcher), catcher["Next"]
                raise

    def again(self, state: dict[str, Any], error: Failed, tries: dict[int, int]) -> bool:
        for number, retrier in enumerate(state.get("Retry", ())):
            if named(retrier, error):
                tries[number] = tries.get(number, 0) + 1
                return tries[number] <= int(retrier.get("MaxAttempts", 3))
        return False

    def result(self, state: dict[str, Any], data: Any, context: dict[str, Any]) -> Any:
        if state["Type"] == "Parallel":
            return [self.states(branch, data, context) for branch in state["Branches"]]
        if state["Type"] == "Map":
            made = []
            for index, item in enumerate(found(state["ItemsPath"], data, context)):
                inner = {"Map": {"Item": {"Index": index, "Value": item}}}
                given = filled(state["ItemSelector"], data, inner) if "ItemSelector" in state else item
                made.append(self.states(state["ItemProcessor"], given, inner))
            return made
        return self.task(state, filled(state["Parameters"], data, context) if "Parameters" in state else data)

    def task(self, state: dict[str, Any], given: Any) -> Any:
        self.asked.append(given)
        (name,) = re.findall(r"\$\{(\w+)\}", state["Resource"])
        try:
            if self.before:
                self.before(given)
            return json.loads(json.dumps(self.handlers[name](json.loads(json.dumps(given)), None)))
        except Failed:
            raise
        except Exception as error:
            raise Failed(type(error).__name__, str(error)) from error


def chosen(choice: dict[str, Any], data: Any) -> bool:
    return bool(found(choice["Variable"], data, {}) == choice["StringEquals"])


def named(rule: dict[str, Any], error: Failed) -> bool:
    return bool({"States.ALL", error.name} & {*rule["ErrorEquals"]})


def placed(data: Any, result: Any, state: dict[str, Any]) -> Any:
    """A result in the state's data; `ResultPath: null` leaves it as it is."""
    if "ResultPath" not in state:
        return result
    path = state["ResultPath"]
    return data if path is None else {**data, path.removeprefix("$."): result}


def filled(template: dict[str, Any], data: Any, context: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix(".$"): found(value, data, context) if name.endswith(".$") else value
        for name, value in template.items()
    }


def found(path: str, data: Any, context: dict[str, Any]) -> Any:
    here: Any = context if path.startswith("$$") else data
    for key, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        here = here[key] if key else here[int(index)]
    return here


class Executions:
    """Step Functions: what was started and stopped."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        self.stopped: list[str] = []
        self.status = "RUNNING"
        self.refuses = False

    def start_execution(self, **asked: Any) -> dict[str, Any]:
        if self.refuses:
            raise ClientError({"Error": {"Code": "StateMachineDoesNotExist"}}, "StartExecution")
        self.started.append(asked | {"input": json.loads(asked["input"])})
        return {}

    def stop_execution(self, **asked: Any) -> dict[str, Any]:
        self.stopped.append(asked["executionArn"])
        return {}

    def describe_execution(self, **asked: Any) -> dict[str, Any]:
        return {"status": self.status}
