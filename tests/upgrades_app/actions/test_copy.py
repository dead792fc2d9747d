"""Copies of applications: what comes along, what does not, and that they upgrade."""

from dataclasses import replace
from typing import Any

import pytest

from apps_app.actions.copy_application import CopyWanted, shared_with
from apps_app.actions.set_values import set_values
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Origin, Target
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, Team, User
from config.errors import Refused
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.validation.port_allocation import Held, Taken
from templates_app.appspec.validation.port_remapping import movable
from templates_app.models import AppTemplate, TemplateVersion
from tests.apps_app.publishing import edited
from tests.apps_app.rows import all_held
from tests.factories import TargetFactory, TeamFactory, application
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.road import ADA, carried_out, fresh, installed, released, upgraded
from upgrades_app.actions.plan_copy import Copy, plan_copy
from upgrades_app.forms.ports import proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def origin(version_1_0: TemplateVersion, engine: Target) -> Application:
    created = installed(version_1_0, engine, "Origin")
    set_values(created, ADA, values={"WORKERS": "8"})
    return edited(created, changed(created.desired_spec(), "web", user="1000"))


def copied(of: Application, target: Target | None, **more: Any) -> Copy:
    team = target.team if target is not None else of.team
    return plan_copy(of, ADA, wanted=CopyWanted(team, "Second", target, **more))


def test_a_copy_runs_beside_and_upgrades_like_any_other(
    origin: Application, shop: AppTemplate, engine: Target, request: pytest.FixtureRequest
) -> None:
    proposal = copied(origin, engine)
    assert proposal.record is not None
    assert carried_out(proposal.record).succeeded
    second = fresh(proposal.application)
    assert second.desired_spec() == origin.desired_spec()
    assert second.installation.version == origin.installation.version
    assert all_held(second) == all_held(origin)
    target = target_in_memory(request.node.name)
    assert {str(second.uid), str(origin.uid)} <= set(target.applications())
    next_version = released(shop, "1.1", WITH_REDIS)
    assert upgraded(second, next_version).succeeded
    after = fresh(second).desired_spec()
    assert after.components["web"].user == "1000"
    assert "redis" in after.components
    assert "redis" not in fresh(origin).desired_spec().components


def test_origins_come_along_with_the_copies_own_components(origin: Application, engine: Target) -> None:
    removed = origin.installation.origins.get(template_key="db")
    removed.state, removed.component = Origin.State.DECLINED, None
    removed.save()
    second = copied(origin, engine).application
    result = {item.template_key: item for item in second.installation.origins.select_related("component")}
    assert result["db"].state == Origin.State.DECLINED
    assert result["web"].component is not None
    assert result["web"].component.application_id == second.pk


def test_new_secrets_where_the_document_says_how(origin: Application, engine: Target) -> None:
    second = copied(origin, engine, new_secrets=True).application
    assert all_held(second)["WORKERS"] == "8"
    assert len(all_held(second)["DB_PASSWORD"]) == 24
    assert all_held(second)["DB_PASSWORD"] != all_held(origin)["DB_PASSWORD"]


def test_an_independent_copy_is_a_source(origin: Application) -> None:
    proposal = copied(origin, None, independent=True)
    assert proposal.record is None
    assert proposal.application.installed() is None
    assert proposal.application.desired_spec() == origin.desired_spec()
    entry = AuditEntry.objects.get(verb="copied")
    assert entry.label == "Origin to Second"


def test_names_on_the_target_are_not_shared(team: Team) -> None:
    spec = parse(
        {
            "components": {"db": {"image": "a", "mounts": {"/a": {"source": "data"}, "/b": {"source": "theirs"}}}},
            "volumes": {"data": {"name": "fixed"}, "theirs": {"name": "nas", "external": True}},
            "networks": {"default": {"name": "shared"}},
        }
    )
    created = copied(application(spec, team=team), None, independent=True).application.desired_spec()
    assert created.volumes["data"].name == created.networks["default"].name == ""
    assert created.volumes["theirs"].name == "nas"
    assert shared_with(spec) == ("the volume nas",)


def test_what_is_refused(origin: Application, version_1_0: TemplateVersion, engine: Target, viewer: User) -> None:
    with pytest.raises(Refused, match="needs a target"):
        copied(origin, None)
    elsewhere = TargetFactory.create(team=TeamFactory.create())
    with pytest.raises(Refused, match="offered to team Shop alone"):
        copied(origin, elsewhere)
    assert copied(origin, elsewhere, independent=True).application.team == elsewhere.team
    with pytest.raises(Forbidden):
        plan_copy(origin, Actor.of(viewer), wanted=CopyWanted(origin.team, "Mine", engine))
    assert not Application.objects.filter(name="Mine").exists()


PORTS = changed(
    WEB_AND_DB,
    "web",
    ports={"80/tcp": {"8080": {}, "127.0.0.1:${ADMIN_PORT}": {}}, "53/udp": {"8080": {}}, "90/tcp": {"9000-9001": {}}},
)
WITH_PORTS = PORTS.model_copy(update={"parameters": {**PORTS.parameters, "ADMIN_PORT": Parameter(default="9090")}})


def test_ports_of_a_copy_are_others(team: Team, engine: Target) -> None:
    origin = application(WITH_PORTS, team=team, slug="origin", name="Origin", target=engine)
    second = copied(origin, engine, ports={"web 80/tcp 8080": 8082, "ADMIN_PORT": 9191}).application
    assert second.desired_spec().components["web"].ports["80/tcp"].keys() == {"8082", "127.0.0.1:${ADMIN_PORT}"}
    assert second.desired_spec().components["web"].ports["53/udp"].keys() == {"8080"}
    assert all_held(second) == {"ADMIN_PORT": "9191"}
    assert origin.desired_spec() == WITH_PORTS


def test_free_ports_are_proposed_that_meet_neither_others_nor_each_other() -> None:
    result = movable(WITH_PORTS, {})
    assert [port.id for port in result] == ["web 80/tcp 8080", "ADMIN_PORT", "web 53/udp 8080"]
    held = [Held(port.address, "web of Origin") for port in result]
    near = [Held(replace(result[0].address, first=8081, last=8081), "somebody")]
    data = proposed(WITH_PORTS, {}, Taken([*held, *near]))
    assert [port.port for port in data] == [8082, 9091, 8081]
    assert data[0].why == "8080 is taken there by web of Origin; 8082 is free."
    two = changed(WITH_PORTS, "web", ports={"80/tcp": {"8080": {}}, "81/tcp": {"8081": {}}, "82/tcp": {"8082": {}}})
    assert [port.port for port in proposed(two, {}, Taken(held))] == [8083, 8081, 8082]
