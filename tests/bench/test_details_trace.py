"""How much code one "Upgrade details" request runs through: modules, functions, calls, depth.

uv run pytest -s tests/bench/test_details_trace.py
"""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from apps_app.models import Application
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.views.pages import details

pytest_plugins = ["tests.upgrades_app.views.conftest"]
pytestmark = pytest.mark.django_db
PACKAGES = ("config", "templates_app", "apps_app", "upgrades_app")
PIPELINE = ("templates_app/appspec/", "upgrades_app/engine/")


class Trace:
    """A profile hook that counts the product's own functions; `deepest` is the longest chain of nested calls."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.functions: set[tuple[str, str]] = set()
        self.calls = self.deepest = 0
        self._stack: list[bool] = []

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            path = Path(frame.f_code.co_filename)
            is_ours = path.is_relative_to(self.project) and path.relative_to(self.project).parts[0] in PACKAGES
            self._stack.append(is_ours)
            if is_ours:
                self.calls += 1
                self.functions.add((str(path.relative_to(self.project)), frame.f_code.co_qualname))
                self.deepest = max(self.deepest, sum(self._stack))
        elif event == "return" and self._stack:
            self._stack.pop()

    def count(self, folders: tuple[str, ...] = ("",)) -> str:
        functions = [function for function in self.functions if function[0].startswith(folders)]
        return f"{len({path for path, _ in functions})} modules, {len(functions)} functions"


def test_upgrade_details(operator: User, copy: Application, next_version: TemplateVersion, project: Path) -> None:
    client, trace = SignedIn(operator), Trace(project)
    client.get(details(copy))
    sys.setprofile(trace)
    try:
        response = client.get(details(copy))
    finally:
        sys.setprofile(None)
    assert response.status_code == 200
    print(f"\nrequest: {trace.count()}, {trace.calls} calls, depth {trace.deepest}")  # noqa: T201
    print(f"planning (appspec and engine): {trace.count(PIPELINE)}")  # noqa: T201
