"""What is looked for, and what the names of one file stand for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Token = tuple[str, ...]
Tokens = frozenset[Token]
Unit = tuple[str, str]  # module and name: ("shared.jobs", "send"), ("shared.jobs", "Job.beat")
Site = tuple[str, str, int, int]  # where a call stands: a unit's module and name, and where it ends
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Call:
    """A call of an AWS client, and the settings (and other environment variables) that its arguments may come from."""

    service: str
    operation: str
    given: set[str] = field(default_factory=set)


@dataclass
class Ask:
    """A verb asked of a table, by the setting that names the table; `writes` are those of WRITES it may be given."""

    table: str
    verb: str
    index: bool
    writes: set[str] = field(default_factory=set)


@dataclass
class Reached:
    """What one function reaches."""

    units: set[Unit] = field(default_factory=set)
    settings: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)  # of the environment, read without shared.settings
    calls: dict[tuple[Site, str], Call] = field(default_factory=dict)
    asks: dict[tuple[Site, str], Ask] = field(default_factory=dict)


class Module:
    """One file: what each of its names stands for."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.package = name, name if path.name == "__init__.py" else name.rpartition(".")[0]
        self.defined: dict[str, ast.AST] = {}
        self.imported: dict[str, str] = {}
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.imported[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self.imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        for statement in tree.body:
            self._define(statement)

    def _define(self, statement: ast.stmt) -> None:
        if isinstance(statement, Function | ast.ClassDef):
            self.defined[statement.name] = statement
            if isinstance(statement, ast.ClassDef):
                methods = [one for one in statement.body if isinstance(one, Function)]
                self.defined |= {f"{statement.name}.{one.name}": one for one in methods}
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for name in (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)):
                self.defined[name] = statement.value


def matched(
    node: Function, given: list[Tokens], named: dict[str, Tokens], method: bool
) -> Iterator[tuple[str, Tokens]]:
    """Parameters with what a call gives them."""
    parameters = [one.arg for one in [*node.args.posonlyargs, *node.args.args]][1 if method else 0 :]
    rest = node.args.vararg.arg if node.args.vararg else None
    for index, value in enumerate(given):
        if index < len(parameters):
            yield parameters[index], value
        elif rest:
            yield rest, value
    known = {*parameters, *(one.arg for one in node.args.kwonlyargs)}
    for name, value in named.items():
        if name in known:
            yield name, value
        elif node.args.kwarg:
            yield node.args.kwarg.arg, value
