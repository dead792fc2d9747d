"""Where most of these tests begin: a copy at 1.0 on a target in memory, and a version 1.1 with Redis."""

from collections.abc import Iterator

import pytest

from apps_app.drivers.memory import forget
from apps_app.models import Application, Target
from config.accounts.models import Team
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.upgrade_helpers import ADA, installed, memory_target, plan_of, released, template
from upgrades_app.actions.confirm import confirm_plan
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.models import UpgradeRecord


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Of the target in memory: another in every test."""
    return str(request.node.name)


@pytest.fixture
def shop(team: Team) -> AppTemplate:
    return template(team)


@pytest.fixture
def version(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.0", WEB_AND_DB)


@pytest.fixture
def newer(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.1", WITH_REDIS)


@pytest.fixture
def engine(team: Team, name: str) -> Iterator[Target]:
    yield memory_target(team, name)
    forget(name)


@pytest.fixture
def copy(version: TemplateVersion, engine: Target) -> Application:
    return installed(version, engine)


@pytest.fixture
def queued(copy: Application, newer: TemplateVersion) -> UpgradeRecord:
    record = save_plan(plan_of(copy, newer), ADA)
    return confirm_plan(record, ADA, digest=record.digest)
