"""One look at one unit: its statements and expressions, with the values that are known by now."""

import ast
from collections.abc import Iterable

from tests.reach.analysis import NOTHING, Analysis
from tests.reach.found import Ask, Call, Function, Site, Token, Tokens, Unit, matched

NAMES_ITS_OPERATION = ("get_paginator", "generate_presigned_url", "get_waiter")
ENVIRONMENT = {("module", "os", "environ"), ("module", "os", "environ", "get"), ("module", "os", "getenv")}


class Walk:
    """One look at one unit, with what is known by now."""

    def __init__(self, analysis: Analysis, unit: Unit) -> None:
        self.all, self.unit = analysis, unit
        self.module, self.name = unit
        home = analysis.module(self.module)
        assert home is not None
        self.node = home.defined[self.name]
        self.nested = {
            node.name: node for node in ast.walk(self.node) if isinstance(node, Function) and node is not self.node
        }
        self.locals = set(self.nested) | self._bound() if isinstance(self.node, Function) else self._comprehended()

    def _bound(self) -> set[str]:
        stored = {n.id for n in ast.walk(self.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return stored | {n.arg for n in ast.walk(self.node) if isinstance(n, ast.arg)}

    def _comprehended(self) -> set[str]:
        inside = [n for n in ast.walk(self.node) if isinstance(n, ast.comprehension)]
        stored = {n.id for one in inside for n in ast.walk(one.target) if isinstance(n, ast.Name)}
        return stored | {n.arg for n in ast.walk(self.node) if isinstance(n, ast.arg)}

    def body(self) -> None:
        if isinstance(self.node, Function):
            self.function(self.node)
        elif isinstance(self.node, ast.ClassDef):
            self.each([*self.node.decorator_list, *self.node.bases])
            for statement in self.node.body:
                if not isinstance(statement, Function):
                    self.statement(statement)
        else:
            self.all.flow(("variable", *self.unit), self.value(self.node))

    def function(self, node: Function | ast.Lambda) -> None:
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        for argument, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
            self.bind(argument.arg, self.value(default))
        for argument, standard in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            self.bind(argument.arg, self.value(standard) if standard else NOTHING)
        if isinstance(node, ast.Lambda):
            return
        self.each(node.decorator_list)
        for statement in node.body:
            self.statement(statement)

    # ---- statements

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, Function):
            self.function(node)
        elif isinstance(node, ast.Assign):
            value = self.value(node.value)
            for target in node.targets:
                self.assign(target, value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            self.assign(node.target, self.value(node.value) if node.value else NOTHING)
        elif isinstance(node, ast.Return):
            self.all.flow(("return", *self.unit), self.value(node.value) if node.value else NOTHING)
        elif isinstance(node, ast.For | ast.AsyncFor):
            self.assign(node.target, self.value(node.iter))
            self.inner(node.body, node.orelse)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                self.assign(item.optional_vars, self.value(item.context_expr))
            self.inner(node.body)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            for child in ast.iter_child_nodes(node):
                self.part(child)

    def inner(self, *bodies: list[ast.stmt]) -> None:
        for body in bodies:
            for statement in body:
                self.statement(statement)

    def part(self, node: ast.AST) -> None:
        """Any part of a statement: an expression, a statement, a handler, a case."""
        if isinstance(node, ast.expr):
            self.value(node)
        elif isinstance(node, ast.stmt):
            self.statement(node)
        else:
            for child in ast.iter_child_nodes(node):
                self.part(child)

    def assign(self, target: ast.AST | None, value: Tokens) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Attribute):
            self.value(target.value)
            self.all.flow(("field", target.attr), value)
        elif isinstance(target, ast.Subscript):
            self.value(target.slice)
            self.assign(target.value, value)
        elif isinstance(target, ast.Tuple | ast.List | ast.Starred):
            for child in ast.iter_child_nodes(target):
                self.assign(child, value)

    def bind(self, name: str, value: Tokens) -> None:
        if isinstance(self.node, Function):
            self.all.flow(("local", *self.unit, name), value)
        elif isinstance(self.node, ast.ClassDef):
            self.all.flow(("field", name), value)
        else:
            self.all.flow(("variable", self.module, name), value)

    # ---- expressions

    def each(self, nodes: Iterable[ast.AST | None]) -> Tokens:
        return frozenset().union(*(self.value(node) for node in nodes if node is not None))

    def value(self, node: ast.AST) -> Tokens:
        if isinstance(node, ast.Name):
            return self.name_of(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(self.value(node.value), node.attr)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Lambda):
            self.function(node)
            return self.value(node.body)
        if isinstance(node, ast.NamedExpr):
            value = self.value(node.value)
            self.assign(node.target, value)
            return value
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            for one in node.generators:
                self.assign(one.target, self.value(one.iter))
                self.each(one.ifs)
            kept = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            return self.each(kept)
        if isinstance(node, ast.IfExp):
            self.value(node.test)
            return self.each([node.body, node.orelse])
        if isinstance(node, ast.Compare):
            self.each([node.left, *node.comparators])
            return NOTHING
        if isinstance(node, ast.Yield | ast.YieldFrom):
            value = self.value(node.value) if node.value else NOTHING
            self.all.flow(("return", *self.unit), value)
            return NOTHING
        if isinstance(node, ast.Subscript):
            value = self.value(node.value)
            self.value(node.slice)
            return self.variables(value, [node.slice]) or value
        return self.each(ast.iter_child_nodes(node))

    def name_of(self, name: str) -> Tokens:
        if name in self.nested:
            return frozenset({("nested", *self.unit, name)})
        if name in self.locals:
            kind = ("local", *self.unit) if isinstance(self.node, Function) else ("variable", self.module)
            return frozenset(self.all.values[(*kind, name)])
        return self.all.resolve(self.module, name)

    def attribute(self, base: Tokens, name: str) -> Tokens:
        found: set[Token] = set()
        for token in base:
            if token[0] == "module":
                found |= self.of_module(token, name)
            elif token[0] == "settings":
                self.all.add(self.all.found.settings, name)
                found.add(("setting", name))
            elif token[0] in ("client", "table"):
                found.add((*token, name))
            elif token[0] == "class" and (token[1], f"{token[2]}.{name}") in self.all.methods[name]:
                self.all.add(self.all.found.units, (token[1], f"{token[2]}.{name}"))
                found.add(("function", token[1], f"{token[2]}.{name}"))
        if base and all(token[0] in ("module", "settings", "client", "table") for token in base):
            return frozenset(found)
        found |= {("function", *unit) for unit in self.all.mention(name)}
        kept = {token for token in base if token[0] in ("setting", "environment")}  # `url.split(",")` is still the url
        return frozenset(found | self.all.values["field", name] | kept)

    def of_module(self, token: Token, name: str) -> Tokens:
        if self.all.module(token[1]):
            return self.all.imported(f"{token[1]}.{name}")
        return frozenset({(*token, name)} & ENVIRONMENT)  # of other people's modules nothing else matters

    # ---- calls

    def call(self, node: ast.Call) -> Tokens:
        callee = self.value(node.func)
        if ("tables",) in callee:
            return frozenset({("table", self.setting_named(node))})
        given = [self.value(one.value if isinstance(one, ast.Starred) else one) for one in node.args]
        named = {one.arg or "**": self.value(one.value) for one in node.keywords}
        everything = frozenset().union(*given, *named.values())
        if ("clients",) in callee:
            endpoints = {token[1] for token in everything if token[0] == "setting"} or {""}
            return frozenset(("client", self.text(node.args[0]), endpoint) for endpoint in endpoints)
        if read := self.variables(callee, node.args):
            return read
        answer: set[Token] = set()
        for token in callee:
            if token[0] == "client" and len(token) == 4:
                self.operation(token, node, everything)
            elif token[0] == "table" and len(token) == 3:
                self.ask(token, node, named, everything)
            elif token[0] == "write":
                answer.add(token)
            elif token[0] == "function":
                self.give(token[1:], given, named, token[2].count(".") > 0)
                answer |= self.all.values["return", *token[1:]]
            elif token[0] == "nested":
                if token[1:3] == self.unit:
                    self.give_nested(self.nested[token[3]], given, named)
                answer |= self.all.values["return", *token[1:3]]  # its own returns are kept with the outer function's
            elif token[0] == "class":
                self.construct(token, given, named)
        if not any(token[0] in ("function", "class", "nested", "table", "client") for token in callee):
            answer |= everything | {one for one in callee if one[0] in ("setting", "environment", "write")}
            if isinstance(node.func, ast.Attribute):  # `list.append(write)`: the list holds it
                self.assign(node.func.value, everything)
                answer |= self.value(node.func.value)
        return frozenset(answer)

    def setting_named(self, node: ast.Call) -> str:
        """The setting in `Table(lambda: settings.x_table)`."""
        (name,) = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute) and one.attr.endswith("_table")}
        return name

    def variables(self, value: Tokens, arguments: list[ast.expr]) -> Tokens:
        """`os.environ.get("NAME")` and `os.environ["NAME"]`."""
        if not value & ENVIRONMENT:
            return NOTHING
        names = [name for one in arguments[:1] if (name := self.text(one))]
        for name in names:
            self.all.add(self.all.found.variables, name)
        return frozenset(("environment", name) for name in names)

    def text(self, node: ast.expr) -> str:
        """A text written out, here or as a constant of the module."""
        home = self.all.module(self.module)
        found = home.defined.get(node.id) if home and isinstance(node, ast.Name) else node
        return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else ""

    def operation(self, client: Token, node: ast.Call, given: Tokens) -> None:
        _, service, endpoint, operation = client
        if operation in NAMES_ITS_OPERATION:
            operation = self.text(node.args[0])
        call = self.all.found.calls.setdefault((self.site(node), operation), Call(service, operation))
        call.given |= {token[1] for token in given if token[0] in ("setting", "environment")} | ({endpoint} - {""})

    def ask(self, table: Token, node: ast.Call, named: dict[str, Tokens], given: Tokens) -> None:
        _, setting, verb = table
        self.all.add(self.all.found.settings, setting)
        ask = self.all.found.asks.setdefault((self.site(node), setting), Ask(setting, verb, "index" in named))
        ask.writes |= {token[1] for token in given if token[0] == "write"}

    def site(self, node: ast.Call) -> Site:
        return *self.unit, node.end_lineno or 0, node.end_col_offset or 0

    def construct(self, token: Token, given: list[Tokens], named: dict[str, Tokens]) -> None:
        _, module, name = token
        if (module, f"{name}.__init__") in self.all.methods["__init__"]:
            return self.give((module, f"{name}.__init__"), given, named, method=True)
        home = self.all.module(module)
        assert home is not None
        node = home.defined[name]
        assert isinstance(node, ast.ClassDef)
        fields = [
            one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        ]
        for field_name, value in [*zip(fields, given, strict=False), *named.items()]:
            self.all.flow(("field", field_name), value)

    def give(self, unit: Token, given: list[Tokens], named: dict[str, Tokens], method: bool) -> None:
        home = self.all.module(unit[0])
        node = home.defined[unit[1]] if home else None
        if isinstance(node, Function):
            for name, value in matched(node, given, named, method):
                self.all.flow(("local", *unit, name), value)

    def give_nested(self, node: Function, given: list[Tokens], named: dict[str, Tokens]) -> None:
        for name, value in matched(node, given, named, method=False):
            self.bind(name, value)
