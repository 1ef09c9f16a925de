"""JavaScript without node: yt-dlp's own solver of challenges on the QuickJS that we bring."""

import json

import pytest
import yt_dlp_ejs.yt.solver as solver

from shared.sources import script

# The shape that the solver looks for in a player: a function that sets `alr` on an address, and a class whose method
# changes `n`. This one turns it round.
PLAYER = """
var _yt_player = {};
(function (g) {
  var window = this;
  var Address = function (u, s, sig) { this.known = {s: sig}; };
  Address.prototype.get = function (name) { return this.known[name]; };
  Address.prototype.set = function (name, value) { this.known[name] = value; };
  Address.prototype.clone = function () { return this; };
  Address.prototype.solve = function () { this.known.n = this.known.n.split("").reverse().join(""); };
  var make = function (u, s, sig) { var made = new Address(u, s, sig); made.set("alr", "yes"); return made; };
})(_yt_player);
"""


def test_a_players_challenge_is_solved() -> None:
    asked = {"type": "player", "player": PLAYER, "requests": [{"type": "n", "challenges": ["abcdef"]}]}
    code = f"{solver.lib()}\nObject.assign(globalThis, lib);\n{solver.core()}\n"
    answer = json.loads(script.run(f"{code}console.log(JSON.stringify(jsc({json.dumps(asked)})));"))
    assert answer["responses"] == [{"type": "result", "data": {"abcdef": "fedcba"}}]


def test_what_a_script_says_comes_back() -> None:
    assert script.run("console.log(1 + 1, 'é'); console.log([1]); Promise.resolve().then(() => console.log('x'))") == (
        "2 é\n1\nx"
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("while (true) {}", "interrupted"),
        ("const a = []; while (true) a.push(new Array(1e6).fill(1))", "memory"),
        ("const f = () => f() + 1; f()", "stack"),
        ("throw new Error('mine')", "mine"),
        ("(((", "Syntax"),
    ],
)
def test_a_script_that_goes_wrong_is_an_error_in_time(code: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "TIME", 3)
    with pytest.raises(RuntimeError, match=said):
        script.run(code)


def test_a_script_has_nothing_of_ours() -> None:
    names = ["require", "process", "std", "os", "Deno", "fetch", "XMLHttpRequest", "WebSocket", "scriptArgs"]
    said = script.run(f"console.log({json.dumps(names)}.map(name => typeof globalThis[name]).join())")
    assert set(said.split(",")) == {"undefined"}
