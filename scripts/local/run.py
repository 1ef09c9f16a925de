"""Run the whole platform on this machine: `scripts/run [--port 8000] [--data .bobine] [--fresh] [--cache]`."""

import argparse
import asyncio
import contextlib
import json
import logging
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from scripts.local import world


def main() -> None:
    options = argparse.ArgumentParser(prog="scripts/run", description="Run the whole platform on this machine.")
    options.add_argument("--port", type=int, default=8000)
    options.add_argument("--data", type=Path, default=world.ROOT / ".bobine", help="where everything is kept")
    options.add_argument("--fresh", action="store_true", help="forget what the data folder holds")
    options.add_argument("--cache", action="store_true", help="cache answers as the distribution would")
    chosen = options.parse_args()
    data = chosen.data.resolve()
    refuse_taken(chosen.port)
    lock = world.claim(data)
    if chosen.fresh:
        for kept in data.iterdir():
            if kept.name != "lock":
                shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
    own = world.prepare(data, chosen.port)
    asyncio.run(serve(data, own, chosen.port, chosen.cache))
    lock.close()


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"Port {port} is not free ({error.strerror}); choose another one with --port")


async def serve(data: Path, own: dict[str, str], port: int, caching: bool) -> None:
    # MiniStack reads the environment when it is imported, so only now.
    from hypercorn.asyncio import serve as listen
    from hypercorn.config import Config
    from ministack.core import cloudfront_js, lambda_runtime
    from ministack.services import cloudfront

    from scripts.local.cache import Cache
    from scripts.local.deploy import NotDeployed, deploy, functions_environment, has_administrator
    from scripts.local.edge import Edge
    from scripts.local.log import keep_function_logs
    from scripts.local.mails import allow_sender, keep_mails
    from scripts.local.sockets import LARGEST_MESSAGE, hang_up
    from scripts.local.store import Store
    from scripts.local.workers import keep

    logging.getLogger("ministack").setLevel(logging.ERROR)
    world.guard_credentials(own)
    tell = keep_function_logs(data / "functions.log")
    end_workers = keep(tell)
    keep_mails(data / "mails", tell)
    store = Store(data)
    store.load()
    edge = Edge(store, Cache(lambda: time.time() + ahead(data)) if caching else None)
    environment = data / "environment.json"
    environment.unlink(missing_ok=True)
    environment.touch(mode=0o600)
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)

    async def stopping() -> None:
        await stop.wait()
        hang_up()

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.graceful_timeout = 3
    config.websocket_max_message_size = LARGEST_MESSAGE
    config.errorlog = None
    server = asyncio.create_task(listen(edge, config, shutdown_trigger=stopping))  # type: ignore[arg-type]
    saver = asyncio.create_task(store.keep_saving())
    stopped = asyncio.create_task(stop.wait())
    try:
        await listening(port)
        deployment = asyncio.create_task(asyncio.to_thread(deploy, data, own, port))
        await asyncio.wait([deployment, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            found = deployment.result()
            edge.origins.http_api, edge.origins.socket_api = found["HttpApiId"], found["SocketApiId"]
            edge.distribution = cloudfront._distributions[found["DistributionId"]]
            store.save()
            with contextlib.suppress(FileNotFoundError):
                (data / "deploying").replace(data / "deployed")
            told = await asyncio.to_thread(functions_environment)
            environment.write_text(json.dumps(told))
            await asyncio.to_thread(allow_sender, told["MAIL_FROM"])
            print(f"Bobine is ready at http://127.0.0.1:{port}  (data in {data}; Ctrl-C stops it)", flush=True)
            if not await asyncio.to_thread(has_administrator, told["ACCOUNTS_TABLE"]):
                token = told["BOOTSTRAP_ADMIN_TOKEN"]
                print(
                    f"No administrator yet: register, then open /auth/bootstrap-admin?token={token}&username=…",
                    flush=True,
                )
        await stopped
    except NotDeployed as error:
        sys.exit(str(error))
    finally:
        stop.set()
        saver.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await server
        environment.unlink(missing_ok=True)
        store.save()
        lambda_runtime.reset()  # the functions' processes
        end_workers()
        cloudfront_js.reset()


def ahead(data: Path) -> float:
    """Seconds by which the cache's clock is ahead: a test writes them into the data folder to see a day go by."""
    try:
        return float((data / "clock-ahead").read_text())
    except (FileNotFoundError, ValueError):
        return 0.0


async def listening(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    main()
