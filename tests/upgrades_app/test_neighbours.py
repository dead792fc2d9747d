"""Which ports others on a target publish: asked where it matters, and said where it cannot be known."""

from pathlib import Path

import pytest
from django.urls import reverse

from apps_app.drivers.base import Taken, Thing
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Target
from config.accounts.models import Team, User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.road import ADA, installed, memory_target, plan_of, released, template
from tests.upgrades_app.views.pages import text_of
from upgrades_app.actions.save_plan import store
from upgrades_app.queries.port_conflicts import Clashes, clashes_of, taken_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def newer(team: Team) -> TemplateVersion:
    shop = template(team)
    released(shop, "1.0", WEB_AND_DB)
    return released(shop, "1.1", WITH_REDIS)


@pytest.fixture
def copy(newer: TemplateVersion, team: Team, request: pytest.FixtureRequest) -> Application:
    return installed(newer.template.versions.get(version="1.0"), memory_target(team, request.node.name))


def of_dead_engine(copy: Application, folder: Path) -> Target:
    assert copy.target is not None
    copy.target.kind, copy.target.config = "docker", {"address": f"unix://{folder}/none.sock"}
    copy.target.save()
    return copy.target


def test_a_target_that_does_not_answer_is_said_and_what_is_known_is_kept(copy: Application, tmp_path: Path) -> None:
    allocation = taken_on(of_dead_engine(copy, tmp_path))
    assert allocation.unheard.startswith(
        f"Ports that others than Uplift use on {copy.target} are not known: the Docker"
    )
    assert allocation.free(8080, "tcp") == 8081


def test_the_confirm_of_its_plan_says_so(
    copy: Application, newer: TemplateVersion, operator: User, tmp_path: Path
) -> None:
    record = store(plan_of(copy, newer), ADA)
    of_dead_engine(copy, tmp_path)
    page = SignedIn(operator).get(reverse("upgrades:confirm", args=[record.pk]))
    assert page.status_code == 200
    assert "are not known: the Docker Engine at" in text_of(page)


def test_no_target_is_asked_about_ports_where_none_is_published(
    copy: Application, newer: TemplateVersion, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target_in_memory(request.node.name).taken.append(Taken(Thing.PORT, "8080/tcp", "the container legacy"))
    closed = released(newer.template, "1.2", changed(WITH_REDIS, "web", ports=None))
    assert "the container legacy" in clashes_of(copy, plan_of(copy, newer).plan).found[0].sentence
    plan = plan_of(copy, closed).plan
    of_dead_engine(copy, tmp_path)
    assert clashes_of(copy, plan) == Clashes()
