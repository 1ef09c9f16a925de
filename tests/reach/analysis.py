"""What is known of all units together: which are reached, and which values their names may hold."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.reach.found import Function, Module, Reached, Token, Tokens, Unit

WRITES = ("Put", "Update", "Delete", "Check")  # of shared.table: what a transaction is made of
NOTHING: Tokens = frozenset()


class Analysis:
    def __init__(self, root: Path) -> None:
        self.root, self.found = root, Reached()
        self.modules: dict[str, Module | None] = {}
        self.values: defaultdict[tuple[str, ...], set[Token]] = defaultdict(set)
        self.methods: defaultdict[str, set[Unit]] = defaultdict(set)  # by bare name, of the classes reached
        self.mentioned: set[str] = set()  # attribute names asked of values nobody knows
        self.changed = False

    def module(self, name: str) -> Module | None:
        if name not in self.modules:
            base = self.root.joinpath(*name.split("."))
            path = next((one for one in (base.with_suffix(".py"), base / "__init__.py") if one.is_file()), None)
            self.modules[name] = Module(name, path) if path else None
        return self.modules[name]

    def resolve(self, module: str, name: str) -> Tokens:
        """What `name` of a module stands for; whatever it is, it is reached."""
        home = self.module(module)
        if home and name in home.defined:
            return self.reach(module, name, home.defined[name])
        if home and name in home.imported:
            return self.imported(home.imported[name])
        is_module = home is None or self.module(f"{module}.{name}")
        return frozenset({("module", f"{module}.{name}")}) if is_module else NOTHING

    def imported(self, dotted: str) -> Tokens:
        module, _, name = dotted.rpartition(".")
        return self.resolve(module, name) if module else frozenset({("module", dotted)})

    def reach(self, module: str, name: str, node: ast.AST) -> Tokens:
        if (module, name) == ("shared.settings", "settings"):
            return frozenset({("settings",)})
        if (module, name) == ("shared.aws", "client"):
            return frozenset({("clients",)})
        if module.split(".")[:2] == ["shared", "table"]:
            if name in WRITES:
                return frozenset({("write", name)})
            if name == "Table":
                return frozenset({("tables",)})
        self.add(self.found.units, (module, name))
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, Function):
                    self.add(self.methods[method.name], (module, f"{name}.{method.name}"))
                    if method.name in self.mentioned or method.name.startswith("__"):
                        self.add(self.found.units, (module, f"{name}.{method.name}"))
            return frozenset({("class", module, name)})
        if isinstance(node, Function):
            return frozenset({("function", module, name)})
        return frozenset(self.values["variable", module, name])

    def mention(self, name: str) -> set[Unit]:
        """A method of that name, of whatever class."""
        self.add(self.mentioned, name)
        for unit in self.methods[name]:
            self.add(self.found.units, unit)
        return self.methods[name]

    def add(self, place: set[object] | set[Unit] | set[Token] | set[str], value: object) -> None:
        if value not in place:
            place.add(value)  # type: ignore[arg-type]
            self.changed = True

    def flow(self, key: tuple[str, ...], tokens: Iterable[Token]) -> None:
        for token in tokens:
            self.add(self.values[key], token)
