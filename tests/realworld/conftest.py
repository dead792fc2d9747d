"""Chains of real releases, published, and the targets they are installed on."""

from pathlib import Path

import pytest

from apps_app.models import Target
from config.accounts.models import Team
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import TemplateVersion
from tests.realworld.chains import CHAINS, Chain, published
from tests.upgrades_app.road import git_target, memory_target, released, template


@pytest.fixture(params=CHAINS, ids=lambda chain: chain.project)
def chain(request: pytest.FixtureRequest) -> Chain:
    result: Chain = request.param
    return result


@pytest.fixture(scope="session")
def documents() -> dict[str, list[AppSpec]]:
    """What publishing made of each project's releases, once it was done."""
    return {}


@pytest.fixture
def versions(chain: Chain, realworld: Path, team: Team, documents: dict[str, list[AppSpec]]) -> list[TemplateVersion]:
    """Released versions; published through the actions the first time, and the same documents from then on."""
    known = documents.get(chain.project)
    if known is not None:
        row = template(team, chain.project)
        return [released(row, release, spec) for release, spec in zip(chain.releases, known, strict=True)]
    result = published(chain, realworld, team)
    documents[chain.project] = [version.spec for version in result]
    return result


@pytest.fixture
def memory(team: Team, request: pytest.FixtureRequest) -> Target:
    return memory_target(team, request.node.name)


@pytest.fixture
def git(team: Team, tmp_path: Path) -> Target:
    return git_target(team, tmp_path)


@pytest.fixture(params=["memory", "git"])
def target(request: pytest.FixtureRequest) -> Target:
    result: Target = request.getfixturevalue(request.param)
    return result
