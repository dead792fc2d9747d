"""`manage.py demo` in a process of its own, and a real browser on it."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.browser.mission import Mission
from upgrades_app.demo.home import free_port

PATIENCE = 120


@pytest.fixture
def served() -> Iterator[str]:
    """What the demo printed, while it serves."""
    with tempfile.TemporaryDirectory(prefix="uplift-mission-") as folder:
        Path(folder).chmod(0o755)
        process = _start(Path(folder))
        try:
            yield _printed(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def test_the_flow_from_publishing_to_going_back(page: Page, served: str) -> None:
    url = re.findall(r"http://\S+", served)[-1]
    password = served.split("password ")[1].split()[0]
    page.context.set_default_timeout(15_000)
    mission = Mission(page, url, lambda name: None)
    mission.sign_in(password)
    mission.publish()
    mission.upgrade()
    mission.go_back()
    mission.meet_a_conflict()


def _start(var: Path) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPLIFT_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(free_port("127.0.0.1"))],
        cwd=settings.BASE_DIR,
        env={**kept, "UPLIFT_VAR": str(var), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _printed(process: subprocess.Popen[str]) -> str:
    """Everything up to the line that says where it is served."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Uplift is at"):
            return "".join(lines)
    pytest.fail("the demo ended:\n" + "".join(lines))
