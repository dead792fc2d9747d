"""Compose's own reader, where there is one: the program that UPLIFT_TEST_COMPOSE names, or `docker-compose`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def compose_config(folder: Path, values: Path) -> str:
    """What it makes of a folder and an env file, as JSON. Raises ValueError with what it says against them."""
    program = os.environ.get("UPLIFT_TEST_COMPOSE") or shutil.which("docker-compose")
    if not program:
        pytest.skip("needs Compose's own reader: set UPLIFT_TEST_COMPOSE to it")
    command = [program, "--project-directory", str(folder), "-f", str(folder / "compose.yaml")]
    done = subprocess.run(
        [*command, "--env-file", str(values), "config", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
    )
    if done.returncode:
        raise ValueError(done.stderr)
    return done.stdout
