"""What others started is taken in by page and by command, upgraded, and given back: on a real engine."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps_app.actions.delete_application import untrack_application
from apps_app.actions.link_application import link_application
from apps_app.actions.save_component import save_component
from apps_app.models import Application, Target
from apps_app.queries.link_proposal import LinkChoices
from apps_app.queries.pending_changes import has_pending_changes
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, Role, Team, User
from config.errors import OperationRefused
from templates_app.appspec.schema.model import AppSpec, Parameter
from tests.apps_app.drivers.docker.support import engines
from tests.apps_app.drivers.docker.support.docker_app import DockerApp
from tests.apps_app.drivers.docker.support.unmanaged_project import PROJECT, UnmanagedProject
from tests.factories import member
from tests.specs import changed
from tests.upgrades_app.upgrade_helpers import ADA, fresh, moved, released, template, upgraded
from upgrades_app.actions.adopt import adopt, list_unmanaged_containers, read_containers
from upgrades_app.actions.build_plan import build_change_proposal
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.engine.planning.plan import PlanState
from upgrades_app.presenters.plan_text import describe_plan

pytestmark = [pytest.mark.docker, pytest.mark.django_db]
type SignIn = Callable[[User], Client]


@pytest.fixture
def unmanaged() -> Iterator[UnmanagedProject]:
    docker_app = DockerApp(engines.address())
    docker_app.clear()
    result = UnmanagedProject(docker_app)
    yield result
    for slug in ("strangers", "mine", "other"):
        _clear(docker_app, slug)
    result.clear()


def _clear(docker_app: DockerApp, slug: str) -> None:
    filters = {"label": [f"uplift.slug={slug}"]}
    for container in docker_app.api.containers(all=True, filters=filters):
        docker_app.api.remove_container(container["Id"], force=True)
    for volume in docker_app.api.volumes(filters=filters)["Volumes"] or []:
        docker_app.api.remove_volume(volume["Name"], force=True)


@pytest.fixture
def engine(team: Team, unmanaged: UnmanagedProject) -> Target:
    config = {"address": engines.address(), "gate": "200ms"}
    return Target.objects.create(team=team, slug="engine", kind="docker", config=config)


def ids(target: Target, name: str = "") -> list[str]:
    return [
        container.id
        for container in list_unmanaged_containers(target)
        if container.project == PROJECT and name in container.name
    ]


def taken_in(target: Target, name: str = "Mine") -> Application:
    return fresh(adopt(ADA, target=target, name=name, containers=ids(target)))


def quick(spec: AppSpec, key: str, **fields: Any) -> Any:
    gate = {"deadline": "4s", "minimum": "200ms"}
    return changed(spec, key, health_gate=gate, **fields).components[key]


def test_it_is_as_applied_and_nothing_is_pending(unmanaged: UnmanagedProject, engine: Target) -> None:
    before = unmanaged.ids()
    mine = taken_in(engine)
    assert sorted(mine.desired_spec().components) == ["db", "web", "worker"]
    assert mine.desired_spec() == mine.applied_spec()
    assert not has_pending_changes(mine)
    plan = build_change_proposal(mine, Answers()).plan
    assert plan.state is PlanState.NOTHING_TO_DO, describe_plan(plan)
    assert plan.open_questions == ()
    assert unmanaged.ids() == before
    assert {row.observation.health for row in mine.components.select_related("observation")} == {"running"}


def test_a_change_replaces_that_component_alone(unmanaged: UnmanagedProject, engine: Target) -> None:
    before, mine = unmanaged.ids(), taken_in(engine)
    row = mine.components.get(key="web")
    desired = quick(mine.desired_spec(), "web", image="local/uplift-web:2")
    save_component(mine, ADA, key="web", component=desired, revision=row.revision)
    assert moved(mine, OperationKind.CHANGE, None).succeeded
    assert unmanaged.docker_app.page() == "version 2"
    assert unmanaged.ids() == {name: item for name, item in before.items() if "web" not in name}
    assert build_change_proposal(fresh(mine), Answers()).plan.state is PlanState.NOTHING_TO_DO


def test_adopted_and_attached_it_upgrades_and_goes_back(unmanaged: UnmanagedProject, engine: Target) -> None:
    before, mine = unmanaged.ids(), taken_in(engine)
    spec = mine.desired_spec()
    image = {"WEB_IMAGE": Parameter(default="local/uplift-web:1", fixed=True)}
    shop = template(engine.team)
    document = changed(spec.model_copy(update={"parameters": image}), "web", image="${WEB_IMAGE}")
    newer = {"WEB_IMAGE": Parameter(default="local/uplift-web:2", fixed=True)}
    version, next_version = (
        released(shop, "1.0", document),
        released(shop, "1.1", document.model_copy(update={"parameters": newer})),
    )
    link_application(mine, ADA, version=version, choices=LinkChoices())
    assert unmanaged.ids() == before
    assert build_change_proposal(fresh(mine), Answers()).plan.state is PlanState.NOTHING_TO_DO
    assert upgraded(mine, next_version).succeeded
    assert unmanaged.docker_app.page() == "version 2"
    assert unmanaged.ids() == {name: text for name, text in before.items() if "web" not in name}
    assert moved(mine, OperationKind.ROLLBACK, version).succeeded
    assert unmanaged.docker_app.page() == "version 1"


def test_what_belongs_to_somebody_is_not_offered_and_given_back_when_forgotten(
    unmanaged: UnmanagedProject, engine: Target, django_capture_on_commit_callbacks: Any
) -> None:
    mine, before = taken_in(engine), unmanaged.ids()
    assert ids(engine) == []
    with pytest.raises(OperationRefused, match="belongs to another application, mine"):
        adopt(ADA, target=engine, name="Other", containers=list(before.values()))
    assert Application.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        untrack_application(mine, ADA)
    assert unmanaged.ids() == before
    assert len(ids(engine)) == len(before)


def test_only_operators_of_the_targets_team_may(engine: Target, team: Team) -> None:
    with pytest.raises(Forbidden):
        adopt(Actor.from_user(member(team, Role.VIEWER)), target=engine, name="Mine", containers=ids(engine))


def test_the_page_offers_shows_and_takes_in(
    unmanaged: UnmanagedProject, engine: Target, client_of: SignIn, operator: User
) -> None:
    client, before = client_of(operator), unmanaged.ids()
    url = reverse("upgrades:adopt", args=[engine.team.slug, engine.slug])
    assert url in client.get(engine.get_absolute_url()).content.decode()
    assert f"{url}?project={PROJECT}" in client.get(url).content.decode()
    page = client.get(f"{url}?project={PROJECT}").content.decode()
    assert "strangers-worker-1, strangers-worker-2" in page
    assert "it keeps its name, strangers_data" in page
    match = re.search(r'name="digest" value="([^"]+)"', page)
    assert match is not None
    assert not Application.objects.exists()
    answer = client.post(f"{url}?project={PROJECT}", {"name": "Mine", "digest": match[1]})
    assert answer.status_code == 302, answer.content.decode()
    assert "project strangers on engine" in client.get(answer["Location"]).content.decode()
    assert Application.objects.get().slug == "mine"
    assert unmanaged.ids() == before
    assert AuditEntry.objects.filter(verb="adopted").count() == 1


def test_the_page_says_what_moved_meanwhile(
    unmanaged: UnmanagedProject, engine: Target, client_of: SignIn, operator: User
) -> None:
    url = f"{reverse('upgrades:adopt', args=[engine.team.slug, engine.slug])}?project={PROJECT}"
    answer = client_of(operator).post(url, {"name": "Mine", "digest": "sha256:other"})
    assert "The containers changed" in answer.content.decode()
    assert not Application.objects.exists()


def test_who_may_look(engine: Target, client_of: SignIn, viewer: User, stranger: User) -> None:
    url = reverse("upgrades:adopt", args=[engine.team.slug, engine.slug])
    assert client_of(viewer).get(url).status_code == 403
    assert client_of(stranger).get(url).status_code == 404
    assert url not in client_of(viewer).get(engine.get_absolute_url()).content.decode()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        call_command("adopt", *words)
    except SystemExit as left:
        return (int(left.code or 0), *capsys.readouterr())
    return (0, *capsys.readouterr())


def test_the_command_checks_and_takes_in(
    unmanaged: UnmanagedProject, engine: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--target", "engine", "--app", "Mine")
    code, out, _ = run(capsys, *words, "--project", PROJECT, "--check")
    assert (code, "worker" in out, "2 containers" in out) == (0, True, True)
    assert not Application.objects.exists()
    code, out, _ = run(capsys, *words, "--container", f"{PROJECT}-db-1", "--json")
    document = json.loads(out)
    assert (code, document["application"], document["components"]) == (0, "mine", ["db"])
    assert document["containers"] == {"db": [unmanaged.ids()[f"{PROJECT}-db-1"]]}
    for more, text in (
        (("--project", "nothing"), "Compose project nothing on engine does not exist"),
        (("--container", f"{PROJECT}-db-1"), "Container strangers-db-1 on engine does not exist"),
        ((), "Choose a project or at least one container."),
    ):
        code, _, error = run(capsys, *words, *more)
        assert (code, text in error) == (2, True), error


def test_one_that_is_gone_is_said(unmanaged: UnmanagedProject, engine: Target) -> None:
    result = ids(engine, "worker-2")
    unmanaged.api.remove_container(f"{PROJECT}-worker-2", force=True)
    with pytest.raises(OperationRefused, match="is gone; look again"):
        read_containers(engine, result)


def test_what_is_another_uplifts_is_said_and_not_offered(
    unmanaged: UnmanagedProject, engine: Target, client_of: SignIn, operator: User
) -> None:
    url = reverse("upgrades:adopt", args=[engine.team.slug, engine.slug])
    mine = taken_in(engine)
    assert "managed by another Uplift" not in client_of(operator).get(url).text
    Application.objects.filter(pk=mine.pk).update(uid=uuid.uuid4())
    unmanaged.api.create_container(
        "local/uplift-web:1", name="other-web", labels={"uplift.uid": "1", "uplift.slug": "other"}
    )
    page = " ".join(client_of(operator).get(url).text.split())
    assert "5 containers are managed by another Uplift (applications mine and other)." in page
    assert "restore it from a backup" in page
    assert "Every container on this target belongs to an application here" not in page
