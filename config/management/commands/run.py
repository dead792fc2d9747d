"""Web and worker together, until the web server ends or somebody stops them; a worker that dies is started again."""

import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connections

from config.accounts.sealing.key_verification import require_right_key
from config.commands import Failed, Outcome, UpliftCommand
from config.errors import Refused
from config.processes import Child, ends_with_parent
from config.schema import bring_up_to_date

logger = structlog.get_logger(__name__)

WEB = "web server"
PATIENCE = 15.0
PAUSE = 0.2


class Command(UpliftCommand):
    help = "Runs the web server and a worker together; Ctrl-C stops both."
    examples = (
        "  manage.py run\n"
        "  manage.py run --host 0.0.0.0 --port 80 --workers 4\n"
        "  manage.py run --no-web        (a worker for another machine)\n"
    )
    needs_key = False  # there may be no tables yet
    stopping = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, metavar="N", help="web processes (default: 2)")
        parser.add_argument("--no-worker", action="store_true", help="the web server alone")
        parser.add_argument("--no-web", action="store_true", help="the worker alone")

    def work(self, *, host: str, port: int, workers: int, no_worker: bool, no_web: bool, **options: Any) -> Outcome:
        if no_worker and no_web:
            raise Refused("With --no-worker and --no-web there is nothing to run.")
        self.prepare()
        commands: dict[str, list[str]] = {}
        if not no_web:
            require_free(host, port)
            collect_static_files()
            commands[WEB] = web(host, port, workers)
        if not no_worker:
            commands["worker"] = [sys.executable, "manage.py", "procrastinate", "worker"]
        connections.close_all()
        self.watch(commands, None if no_web else (host, port))
        return Outcome()

    def prepare(self) -> None:
        """Migrates our own database; another's is migrated by whoever runs it."""
        bring_up_to_date(self.say)
        require_right_key()

    def watch(self, commands: dict[str, list[str]], address: tuple[str, int] | None) -> None:
        """Says when the address answers. Raises ``Failed`` when the web server ends by itself; returns when stopped."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        children = [Child(name, command, start, lasting=name == WEB) for name, command in commands.items()]
        try:
            while not self.stopping:
                if address is not None and listens(*address):
                    self.say(f"Uplift is at http://{':'.join(map(str, address))}/ (Ctrl-C stops it)")
                    address = None
                for child in children:
                    self.tell(child)
                time.sleep(PAUSE)
        finally:
            end([child.process for child in children])

    def tell(self, child: Child) -> None:
        """What became of a child, on the terminal and in the log. Raises ``Failed`` where all has to end."""
        if not (text := child.look(time.monotonic())):
            return
        if child.is_over:
            raise Failed(text)
        logger.warning(text)
        self.say(text)

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True


def web(host: str, port: int, workers: int) -> list[str]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", bind),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", "8", "--log-level", "warning"),
        *("--graceful-timeout", "10", "--no-control-socket"),
    ]


def require_free(host: str, port: int) -> None:
    """Raises ``Refused`` when nothing can listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        raise Refused(f"Cannot listen on {host} port {port}: {error}. Choose another with --port.") from None


def listens(host: str, port: int) -> bool:
    """Whether something takes connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def collect_static_files() -> None:
    """In production static files carry the hash of their content in their name, so they are gathered first."""
    if not settings.DEBUG:
        call_command("collectstatic", verbosity=0, interactive=False)


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C comes to us alone and we stop the children in order."""
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, start_new_session=True, preexec_fn=ends_with_parent(signal.SIGTERM)
    )


def end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
