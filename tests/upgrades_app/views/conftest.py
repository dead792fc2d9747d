"""A shop on a Git target, installed at 1.0, while 1.1 is released."""

from pathlib import Path

import pytest

from apps_app.models import Application, Target
from config.accounts.models import Team
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import git_target, installed, released
from tests.upgrades_app.road import template as make_template


@pytest.fixture
def template(team: Team) -> AppTemplate:
    return make_template(team)


@pytest.fixture
def version_1_0(template: AppTemplate) -> TemplateVersion:
    return released(template, "1.0", WEB_AND_DB)


@pytest.fixture
def two(version_1_0: TemplateVersion) -> TemplateVersion:
    return released(version_1_0.template, "1.1", WITH_REDIS)


@pytest.fixture
def target(team: Team, tmp_path: Path) -> Target:
    return git_target(team, tmp_path)


@pytest.fixture
def copy(version_1_0: TemplateVersion, target: Target) -> Application:
    """The shop at 1.0."""
    return installed(version_1_0, target, "Copy")
