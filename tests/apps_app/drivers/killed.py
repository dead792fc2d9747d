"""A process that is killed at a chosen point of a session, or that writes one application many times.

python -m tests.apps_app.drivers.killed PATH die POINT  |  PATH write SLUG TIMES
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from apps_app.drivers.base import Driver, OperationNote, Placement
from apps_app.drivers.git.pending_session import PendingSession
from apps_app.drivers.git.repository import Repository
from apps_app.drivers.git.worktree import WorkTree
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.parts import REDIS, SHOP, UPGRADE, WEB, WEB_NEXT, part

ROTATED = part("postgres:17", secrets={"DB_PASSWORD": "rotated"}, env={"POSTGRES_PASSWORD": "${DB_PASSWORD}"})

BEFORE: dict[str, tuple[type, str]] = {
    "the commit": (Repository, "commit"),
    "the work tree": (WorkTree, "put"),
    "the index": (Repository, "index"),
    "the end": (PendingSession, "drop"),
}
STEPS = ("the first verb", "the second verb", "finish", *BEFORE)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying(verb: Callable[..., Any]) -> Callable[..., Any]:
    def instead(*arguments: Any, **named: Any) -> Any:
        kill()

    return instead


def die(driver: Driver, point: str) -> None:
    with driver.session(SHOP, UPGRADE) as session:
        session.apply("db", ROTATED)
        if point == "the first verb":
            kill()
        session.apply("web", WEB_NEXT)
        session.apply("redis", REDIS)
        if point == "the second verb":
            kill()
        session.remove("redis")
        if point == "finish":
            kill()
        kind, name = BEFORE[point]
        setattr(kind, name, dying(getattr(kind, name)))
        session.finish()


def write(driver: Driver, slug: str, times: int) -> None:
    app = Placement(f"uid of {slug}", slug)
    for number in range(times):
        with driver.session(app, OperationNote(f"{slug} {number}", "", slug)) as session:
            session.apply("web", WEB if number % 2 else WEB_NEXT)
            session.apply("counter", part("counter", env={"NUMBER": str(number)}))
            session.finish()


if __name__ == "__main__":
    there = open_driver("git", {"path": sys.argv[1]}, "")
    if sys.argv[2] == "die":
        die(there, sys.argv[3])
    else:
        write(there, sys.argv[3], int(sys.argv[4]))
