"""`revivatech serve`: the whole portal in one process."""

import asyncio
import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Thread
from types import FrameType, ModuleType
from typing import NamedTuple, NoReturn, Self
from urllib.parse import urlsplit

import click
import msgspec
import uvloop

from revivatech import __version__
from revivatech.cli.errors import Trouble
from revivatech.cli.listening import listen, seen_from_outside
from revivatech.cli.services import data_option, own_servers, say
from revivatech.embedded import keep_to_own
from revivatech.settings import Settings, is_loopback, read_settings, with_secret

MODULES = ("revivatech.cli.setup", "revivatech.app", "revivatech.httpd", "revivatech.web.logs")


@click.command
@click.option("--host", help="The address to listen on (REVIVATECH_HOST, else 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0: any free one (REVIVATECH_PORT, else 8000).")
@data_option
def command(host: str | None, port: int | None, data: Path | None) -> None:
    """Start the portal: web, sockets and jobs in one process.

    Without DATABASE_URL and REDIS_URL it starts PostgreSQL and Valkey below the data folder. Ctrl-C or SIGTERM ends
    everything that it has started.
    """
    settings = read_settings(host=host, port=port, data=data, log_format=_log_format())
    keep_to_own(settings.data)
    # Until the event loop listens for signals, SIGTERM unwinds as Ctrl-C does: what was started ends.
    signal.signal(signal.SIGTERM, _interrupt)
    # What is loaded now stays until the end: looking for garbage in it would take a sixth of the start.
    gc.disable()
    lost: list[str] = []

    def end(sentence: str) -> None:
        """End as whoever supervises us would have it, from the thread that looks after the servers."""
        lost.append(sentence)
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        _serve(settings, on_loss=end)
    except KeyboardInterrupt:
        if not lost:
            say("Stopped.")
    if lost:
        raise Trouble(lost[0])


def _serve(settings: Settings, on_loss: Callable[[str], None]) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(closing(listen(settings.host, settings.port)))
        settings = _with_port(settings, listener)
        # The servers start in processes of their own: meanwhile this one has time to load the program.
        loading = stack.enter_context(_Loading())
        is_embedded = not settings.database_url
        settings = with_secret(stack.enter_context(own_servers(settings, on_restart=_count_restart, on_loss=on_loss)))
        program = loading.result()
        program.preparing.prepare(settings, is_embedded=is_embedded)
        program.logs.configure(settings.log_level, settings.log_format)
        server = program.httpd.new_server(
            program.app.create_app(settings),
            settings,
            on_ready=lambda: _ready(settings, program.preparing.welcome),
            on_end=lambda: say("Stopping ..."),
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(server.serve(sockets=[listener]))
    if not server.started:
        sys.exit(1)  # why is in the log


def _count_restart(name: str) -> None:
    # By the time that a server ends by itself the program is loaded; before, it would wait for the figures' library.
    importlib.import_module("revivatech.web.metrics").RESTARTS.labels(name).inc()


class _Program(NamedTuple):
    """Modules that take a second to load."""

    preparing: ModuleType
    app: ModuleType
    httpd: ModuleType
    logs: ModuleType


class _Loading:
    """The program, loaded by one thread; nobody else imports anything until it is done, so the block waits for it.

    Two threads that import packages whose modules know each other can find them half loaded.
    """

    def __init__(self) -> None:
        self._future: Future[_Program] = Future()
        self._thread = Thread(target=self._load, name="loading", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def result(self) -> _Program:
        """The loaded program; what went wrong while it was loaded is raised here."""
        return self._future.result()

    def _load(self) -> None:
        try:
            self._future.set_result(_Program(*map(importlib.import_module, MODULES)))
        except BaseException as fault:  # noqa: BLE001 - raised again by who asks for the result
            self._future.set_exception(fault)


def _with_port(settings: Settings, listener: socket.socket) -> Settings:
    """The settings with the port that was taken, where any free one was asked for."""
    if settings.port:
        return settings
    port = listener.getsockname()[1]
    public_url = settings.public_url.removesuffix(":0") + f":{port}" if settings.public_url.endswith(":0") else ""
    return msgspec.structs.replace(settings, port=port, public_url=public_url or settings.public_url)


def _ready(settings: Settings, welcome: Callable[[Settings], str]) -> None:
    url = settings.public_url
    click.secho(f"Revivatech Customer Portal {__version__} is ready: {url}", bold=True)
    if settings.mode == "demo":
        click.echo(welcome(settings))
    if outside := _outside(settings):
        click.echo(f"  To sign in from other machines, start it with REVIVATECH_PUBLIC_URL={outside} and open that.")
    click.echo(f"  Data is kept in {settings.data.resolve()}. Ctrl-C ends the portal.")
    sys.stdout.flush()
    gc.collect()
    gc.freeze()
    gc.enable()


def _outside(settings: Settings) -> str:
    """Return what others would open where the portal listens for them, but its links are for this machine."""
    if not is_loopback(urlsplit(settings.public_url).hostname or ""):
        return ""
    seen = seen_from_outside(settings.host)
    return f"http://{seen}:{settings.port}" if seen else ""


def _log_format() -> str | None:
    """Return what to say where the environment says nothing: a person at a terminal reads text."""
    return "text" if sys.stderr.isatty() and "REVIVATECH_LOG_FORMAT" not in os.environ else None


def _interrupt(_: int, __: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
