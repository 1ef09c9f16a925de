"""JavaScript for yt-dlp in our own process: QuickJS as a library, 8 MB instead of node's 206.

Nothing of this process is given to a script; its memory, stack and time are bounded.
"""

from typing import Any

MEMORY = 256 << 20  # bytes
STACK = 4 << 20  # bytes of the thread's own 8 MiB: a parser of minified players recurses deeply
TIME = 20  # seconds
CONSOLE = "globalThis.__said = []; globalThis.console = {log: (...words) => __said.push(words.map(String).join(' '))};"
VERSION = (0, 12, 0)  # of QuickJS-ng, at least: the packages that are pinned hold 0.17


def run(code: str) -> str:
    """What the script says on `console.log`. Raises RuntimeError."""
    import quickjs

    context = quickjs.Context()
    context.set_memory_limit(MEMORY)
    context.set_max_stack_size(STACK)
    context.set_time_limit(TIME)
    try:
        context.eval(CONSOLE)
        context.eval(code)
        while context.execute_pending_job():
            pass
        return str(context.eval("__said.join('\\n')"))
    except quickjs.JSException as error:
        raise RuntimeError(str(error)[:500]) from None


def install() -> None:
    """Make it yt-dlp's `quickjs` runtime."""
    from yt_dlp.extractor.youtube.jsc._builtin.quickjs import QuickJSJCP
    from yt_dlp.extractor.youtube.jsc.provider import JsChallengeProviderError
    from yt_dlp.globals import supported_js_runtimes
    from yt_dlp.utils._jsruntime import JsRuntime, JsRuntimeInfo

    class Embedded(JsRuntime):  # type: ignore[misc, no-any-unimported, unused-ignore]
        def _info(self) -> Any:
            return JsRuntimeInfo("quickjs-ng", "embedded", ".".join(map(str, VERSION)), VERSION)

    def solve(_: Any, code: str, /) -> str:
        try:
            return run(code)
        except RuntimeError as error:
            raise JsChallengeProviderError(str(error)) from None

    supported_js_runtimes.value["quickjs"] = Embedded
    QuickJSJCP._run_js_runtime = solve
