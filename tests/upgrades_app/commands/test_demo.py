"""The demo as a newcomer starts it: a process of its own, in a folder of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config.commands import Failed
from upgrades_app.demo.verify import expect


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A folder that the embedded database's OS user can reach."""
    with tempfile.TemporaryDirectory(prefix="uplift-demo-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def demo(var: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("UPLIFT_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", "demo", *options],
        cwd=settings.BASE_DIR,
        env={**environment, "UPLIFT_VAR": str(var), **more},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_it_is_set_up_continued_walked_and_removed(var: Path) -> None:
    first = demo(var, "--no-serve")
    assert first.returncode == 0, first.stdout + first.stderr
    assert '[4/6] shop-copy     Shop 1.0 installed on git target "demo"   commit' in first.stdout
    assert "+ redis   ~ worker WORKERS 2 → 4   − web OLD_CACHE_DIR" in first.stdout
    assert (var / "demo" / "password").stat().st_mode & 0o077 == 0

    completed = demo(var, "--no-serve")
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert _password(completed.stdout) == _password(first.stdout)
    assert _commit(completed.stdout) == _commit(first.stdout)

    walked = demo(var, "--walk")
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert "Every fact above was read back from the target." in walked.stdout
    assert "env LOG_LEVEL debug (yours, kept; the template has info)" in walked.stdout

    twice = demo(var, "--walk")
    assert twice.returncode == 2
    assert "--reset" in twice.stderr

    removed = demo(var, "--reset")
    assert removed.returncode == 0, removed.stderr
    assert not (var / "demo").exists()
    assert "nothing to remove" in demo(var, "--reset").stdout


def test_a_folder_that_is_not_the_demos_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.txt").write_text("years of work")
    refused = demo(tmp_path, "--reset")
    assert refused.returncode == 2
    assert (tmp_path / "demo" / "thesis.txt").exists()


def test_one_mismatch_is_a_failure_that_names_it() -> None:
    with pytest.raises(Failed, match=r"LOG_LEVEL of web is 'info', not 'debug'"):
        expect("LOG_LEVEL of web", "info", "debug")


def _password(printed: str) -> str:
    return printed.split("password ")[1].split(maxsplit=1)[0]


def _commit(printed: str) -> str:
    return printed.split("commit ")[1].split(maxsplit=1)[0]
