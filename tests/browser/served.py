"""`manage.py demo` in a process of its own, as a context that yields its address and password."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from upgrades_app.demo.environment import free_port

PROJECT = Path(__file__).parents[2]
PATIENCE = 120


@contextmanager
def served_demo(*options: str, **environment: str) -> Iterator[tuple[str, str]]:
    """Address and password of a demo that was just set up; stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="uplift-mission-") as folder:
        Path(folder).chmod(0o755)  # the embedded database may run as another OS user
        process = _start(Path(folder), options, environment)
        try:
            printed = _printed(process)
            yield re.findall(r"http://\S+", printed)[-1], printed.split("password ")[1].split()[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
            if environment:
                _run(Path(folder), ("--reset",), environment).wait(PATIENCE)


def _start(var: Path, options: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return _run(var, (*options, "--port", str(free_port("127.0.0.1"))), environment)


def _run(var: Path, options: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    remaining = {name: value for name, value in os.environ.items() if not name.startswith(("UPLIFT_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", *options],
        cwd=PROJECT,
        env={**remaining, "UPLIFT_VAR": str(var), "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _printed(process: subprocess.Popen[str]) -> str:
    """Everything up to the line that says where it is served. Raises RuntimeError where the demo ended instead."""
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if line.startswith("Uplift is at"):
            return "".join(lines)
    raise RuntimeError("the demo ended:\n" + "".join(lines))
