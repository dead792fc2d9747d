"""Where most of these tests begin: a copy at 1.0 on a target in memory, and a version 1.1 with Redis."""

from collections.abc import Iterator

import pytest

from apps_app.drivers.memory import forget
from apps_app.models import Application, Target
from config.accounts.models import Team
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import ADA, installed, memory_target, plan_of, released, template
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.save_plan import store
from upgrades_app.models import UpgradeRecord


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Of the target in memory: another in every test."""
    return str(request.node.name)


@pytest.fixture
def shop(team: Team) -> AppTemplate:
    return template(team)


@pytest.fixture
def version_1_0(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.0", WEB_AND_DB)


@pytest.fixture
def newer(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.1", WITH_REDIS)


@pytest.fixture
def engine(team: Team, name: str) -> Iterator[Target]:
    yield memory_target(team, name)
    forget(name)


@pytest.fixture
def copy(version_1_0: TemplateVersion, engine: Target) -> Application:
    return installed(version_1_0, engine)


@pytest.fixture
def queued(copy: Application, newer: TemplateVersion) -> UpgradeRecord:
    record = store(plan_of(copy, newer), ADA)
    return confirm(record, ADA, digest=record.digest)
