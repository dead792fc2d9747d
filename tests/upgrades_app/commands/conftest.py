"""Commands in this process, and what they work on: two versions of a shop, and targets that write or pretend to run."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps_app.drivers.memory import MemoryTarget, forget
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Target
from config.accounts.models import Team
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.upgrade_helpers import fresh, git_target, installed, memory_target, moved, released, template
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.models import UpgradeRecord


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Everything on standard output, which must be one JSON document."""
        document: dict[str, Any] = json.loads(self.out)
        return document


type Command = Callable[..., Ended]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> Ended:
        code = 0
        try:
            call_command(*words)
        except SystemExit as left:
            code = int(left.code or 0)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return run


@pytest.fixture
def shop(team: Team) -> AppTemplate:
    return template(team)


@pytest.fixture
def first(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.0", WEB_AND_DB)


@pytest.fixture
def second(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.1", WITH_REDIS)


@pytest.fixture
def files(team: Team, tmp_path: Path) -> Target:
    return git_target(team, tmp_path)


@pytest.fixture
def copy(first: TemplateVersion, files: Target) -> Application:
    return installed(first, files)


@pytest.fixture
def pretended(request: pytest.FixtureRequest) -> Iterator[MemoryTarget]:
    """The memory target of the test's own name."""
    yield target_in_memory(request.node.name)
    forget(request.node.name)


@pytest.fixture
def engine(team: Team, pretended: MemoryTarget, request: pytest.FixtureRequest) -> Target:
    return memory_target(team, request.node.name)


def upgrades() -> list[str]:
    return list(UpgradeRecord.objects.filter(kind="upgrade").values_list("status", flat=True))


def edit(application: Application, key: str, **fields: object) -> None:
    """An operator's own change, applied."""
    row = application.components.get(key=key)
    row.desired = changed(fresh(application).desired_spec(), key, **fields).components[key].plain
    row.revision += 1
    row.save()
    moved(application, OperationKind.CHANGE, None)
