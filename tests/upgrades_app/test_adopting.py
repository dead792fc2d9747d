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

from apps_app.actions.delete_application import forget_application
from apps_app.actions.link_application import attach
from apps_app.actions.save_component import save_component
from apps_app.models import Application, Target
from apps_app.queries.link_proposal import Choices
from apps_app.queries.pending_changes import has_waiting
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, Role, Team, User
from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec, Parameter
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.strangers import PROJECT, Strangers
from tests.apps_app.drivers.docker.yard import Yard
from tests.factories import member
from tests.specs import changed
from tests.upgrades_app.road import ADA, fresh, moved, released, template, upgraded
from upgrades_app.actions.adopt import adopt, look_at, strangers_on
from upgrades_app.actions.build_plan import propose_change
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import PlanState, told

pytestmark = [pytest.mark.docker, pytest.mark.django_db]
type SignIn = Callable[[User], Client]


@pytest.fixture
def strangers() -> Iterator[Strangers]:
    yard = Yard(engines.address())
    yard.clear()
    result = Strangers(yard)
    yield result
    for slug in ("strangers", "mine", "other"):
        _clear(yard, slug)
    result.clear()


def _clear(yard: Yard, slug: str) -> None:
    filters = {"label": [f"uplift.slug={slug}"]}
    for container in yard.api.containers(all=True, filters=filters):
        yard.api.remove_container(container["Id"], force=True)
    for volume in yard.api.volumes(filters=filters)["Volumes"] or []:
        yard.api.remove_volume(volume["Name"], force=True)


@pytest.fixture
def engine(team: Team, strangers: Strangers) -> Target:
    config = {"address": engines.address(), "gate": "200ms"}
    return Target.objects.create(team=team, slug="engine", kind="docker", config=config)


def ids(target: Target, name: str = "") -> list[str]:
    return [
        container.id for container in strangers_on(target) if container.project == PROJECT and name in container.name
    ]


def taken_in(target: Target, name: str = "Mine") -> Application:
    return fresh(adopt(ADA, target=target, name=name, containers=ids(target)))


def quick(spec: AppSpec, key: str, **fields: Any) -> Any:
    gate = {"deadline": "4s", "minimum": "200ms"}
    return changed(spec, key, health_gate=gate, **fields).components[key]


def test_it_is_as_applied_and_nothing_is_pending(strangers: Strangers, engine: Target) -> None:
    before = strangers.ids()
    mine = taken_in(engine)
    assert sorted(mine.desired_spec().components) == ["db", "web", "worker"]
    assert mine.desired_spec() == mine.applied_spec()
    assert not has_waiting(mine)
    plan = propose_change(mine, Answers()).plan
    assert plan.state is PlanState.NOTHING_TO_DO, told(plan)
    assert plan.open_questions == ()
    assert strangers.ids() == before
    assert {row.observation.health for row in mine.components.select_related("observation")} == {"running"}


def test_a_change_replaces_that_component_alone(strangers: Strangers, engine: Target) -> None:
    before, mine = strangers.ids(), taken_in(engine)
    row = mine.components.get(key="web")
    desired = quick(mine.desired_spec(), "web", image="local/uplift-web:2")
    save_component(mine, ADA, key="web", component=desired, revision=row.revision)
    assert moved(mine, Kind.CHANGE, None).succeeded
    assert strangers.yard.page() == "version 2"
    assert strangers.ids() == {name: item for name, item in before.items() if "web" not in name}
    assert propose_change(fresh(mine), Answers()).plan.state is PlanState.NOTHING_TO_DO


def test_adopted_and_attached_it_upgrades_and_goes_back(strangers: Strangers, engine: Target) -> None:
    before, mine = strangers.ids(), taken_in(engine)
    spec = mine.desired_spec()
    image = {"WEB_IMAGE": Parameter(default="local/uplift-web:1", fixed=True)}
    shop = template(engine.team)
    document = changed(spec.model_copy(update={"parameters": image}), "web", image="${WEB_IMAGE}")
    newer = {"WEB_IMAGE": Parameter(default="local/uplift-web:2", fixed=True)}
    version, two = (
        released(shop, "1.0", document),
        released(shop, "1.1", document.model_copy(update={"parameters": newer})),
    )
    attach(mine, ADA, version=version, choices=Choices())
    assert strangers.ids() == before
    assert propose_change(fresh(mine), Answers()).plan.state is PlanState.NOTHING_TO_DO
    assert upgraded(mine, two).succeeded
    assert strangers.yard.page() == "version 2"
    assert strangers.ids() == {name: text for name, text in before.items() if "web" not in name}
    assert moved(mine, Kind.ROLLBACK, version).succeeded
    assert strangers.yard.page() == "version 1"


def test_what_belongs_to_somebody_is_not_offered_and_given_back_when_forgotten(
    strangers: Strangers, engine: Target, django_capture_on_commit_callbacks: Any
) -> None:
    mine, before = taken_in(engine), strangers.ids()
    assert ids(engine) == []
    with pytest.raises(Refused, match="belongs to another application, mine"):
        adopt(ADA, target=engine, name="Other", containers=list(before.values()))
    assert Application.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        forget_application(mine, ADA)
    assert strangers.ids() == before
    assert len(ids(engine)) == len(before)


def test_only_operators_of_the_targets_team_may(engine: Target, team: Team) -> None:
    with pytest.raises(Forbidden):
        adopt(Actor.of(member(team, Role.VIEWER)), target=engine, name="Mine", containers=ids(engine))


def test_the_page_offers_shows_and_takes_in(
    strangers: Strangers, engine: Target, client_of: SignIn, operator: User
) -> None:
    client, before = client_of(operator), strangers.ids()
    url = reverse("upgrades:adopt", args=[engine.team.slug, engine.slug])
    assert url in client.get(engine.get_absolute_url()).content.decode()
    assert f"{url}?project={PROJECT}" in client.get(url).content.decode()
    page = client.get(f"{url}?project={PROJECT}").content.decode()
    assert "strangers-worker-1, strangers-worker-2" in page
    assert "it keeps its name, strangers_data" in page
    match = re.search(r'name="seen" value="([^"]+)"', page)
    assert match is not None
    assert not Application.objects.exists()
    answer = client.post(f"{url}?project={PROJECT}", {"name": "Mine", "seen": match[1]})
    assert answer.status_code == 302, answer.content.decode()
    assert "the project strangers on engine" in client.get(answer["Location"]).content.decode()
    assert Application.objects.get().slug == "mine"
    assert strangers.ids() == before
    assert AuditEntry.objects.filter(verb="adopted").count() == 1


def test_the_page_says_what_moved_meanwhile(
    strangers: Strangers, engine: Target, client_of: SignIn, operator: User
) -> None:
    url = f"{reverse('upgrades:adopt', args=[engine.team.slug, engine.slug])}?project={PROJECT}"
    answer = client_of(operator).post(url, {"name": "Mine", "seen": "sha256:other"})
    assert "What runs there has changed meanwhile" in answer.content.decode()
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
    strangers: Strangers, engine: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--target", "engine", "--app", "Mine")
    code, out, _ = run(capsys, *words, "--project", PROJECT, "--check")
    assert (code, "worker" in out, "2 containers" in out) == (0, True, True)
    assert not Application.objects.exists()
    code, out, _ = run(capsys, *words, "--container", f"{PROJECT}-db-1", "--json")
    document = json.loads(out)
    assert (code, document["application"], document["components"]) == (0, "mine", ["db"])
    assert document["containers"] == {"db": [strangers.ids()[f"{PROJECT}-db-1"]]}
    for more, text in (
        (("--project", "nothing"), "There is no Compose project nothing"),
        (("--container", f"{PROJECT}-db-1"), "There is no container strangers-db-1 to take in"),
        ((), "Choose a project, or containers."),
    ):
        code, _, error = run(capsys, *words, *more)
        assert (code, text in error) == (2, True), error


def test_one_that_is_gone_is_said(strangers: Strangers, engine: Target) -> None:
    result = ids(engine, "worker-2")
    strangers.api.remove_container(f"{PROJECT}-worker-2", force=True)
    with pytest.raises(Refused, match="is gone; look again"):
        look_at(engine, result)


def test_what_is_another_uplifts_is_said_and_not_offered(
    strangers: Strangers, engine: Target, client_of: SignIn, operator: User
) -> None:
    url = reverse("upgrades:adopt", args=[engine.team.slug, engine.slug])
    mine = taken_in(engine)
    assert "belong to another Uplift" not in client_of(operator).get(url).text
    Application.objects.filter(pk=mine.pk).update(uid=uuid.uuid4())
    strangers.api.create_container(
        "local/uplift-web:1", name="other-web", labels={"uplift.uid": "1", "uplift.slug": "other"}
    )
    page = " ".join(client_of(operator).get(url).text.split())
    assert "5 containers belong to another Uplift (applications mine and other)." in page
    assert "Restore it from its backup" in page
    assert "Every container on this target belongs to an application here" not in page
