"""What somebody else changed on the target is kept: it is the operator's own, and nothing is restarted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from apps_app.actions.refresh_observations import refresh_observations
from apps_app.actions.remove_component import remove_component
from apps_app.drivers.memory import memory_target as memory_of
from apps_app.models import Application, ApplicationLock
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, Role, Team
from config.errors import OperationRefused
from templates_app.models import TemplateVersion
from tests.apps_app.drivers.repositories import commit_by_hand
from tests.factories import member
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.upgrade_helpers import (
    ADA,
    fresh,
    git_target,
    installed,
    memory_target,
    moved,
    plan_of,
    released,
)
from tests.upgrades_app.views.pages import edited
from upgrades_app.actions.accept_drift import accept_drift
from upgrades_app.actions.build_plan import build_proposal
from upgrades_app.actions.revert_drift import plan_drift_revert
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.presenters.messages import describe_detail, describe_field
from upgrades_app.queries.load_drift import ComponentDrift, load_drift

pytestmark = pytest.mark.django_db

type Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def copy(version: TemplateVersion, team: Team, tmp_path: Path) -> Application:
    return installed(version, git_target(team, tmp_path))


@pytest.fixture
def in_memory(version: TemplateVersion, team: Team, tmp_path: Path) -> Application:
    return installed(version, memory_target(team, str(tmp_path)), "Runs")


@pytest.fixture
def by_hand(copy: Application, tmp_path: Path) -> Callable[[Edit], Application]:
    """Somebody edits the Compose file in the repository, and commits."""

    def edit(how: Edit) -> Application:
        repository, path = tmp_path / "repository", f"{copy.slug}/compose.yaml"
        yaml = YAML()
        document = yaml.load(repository / path)
        how(document["services"])
        yaml.dump(document, repository / path)
        commit_by_hand(repository, path)
        return fresh(copy)

    return edit


def accept(application: Application, key: str = "db") -> ComponentDrift:
    return accept_drift(application, ADA, key, digest=load_drift(application, key).digest)


def image(services: dict[str, Any]) -> None:
    services["db"]["image"] = "postgres:16"


def image_and_zone(services: dict[str, Any]) -> None:
    image(services)
    services["db"]["environment"]["TZ"] = "UTC"


def test_each_field_is_told(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(image_and_zone)
    drift = load_drift(application, "db")
    assert [describe_field(row) for row in drift.rows] == ["image postgres:17 → postgres:16", "env TZ added: UTC"]
    assert drift.has_drifted
    assert not load_drift(application, "web").has_drifted


def test_what_is_kept_is_desired_and_applied_and_nothing_waits(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(image)
    accept(application)
    row = application.components.get(key="db")
    assert row.desired == row.applied
    assert fresh(application).applied_spec().components["db"].image == "postgres:16"
    refresh_observations(fresh(application))
    assert not load_drift(fresh(application), "db").has_drifted
    entry = AuditEntry.objects.get(verb="accepted drift")
    assert entry.data["said"] == ["image postgres:17 → postgres:16"]
    assert not ApplicationLock.objects.filter(application=application).exists()


def test_neither_a_credential_in_the_open_nor_a_long_text_stays_in_any_trail(
    copy: Application, by_hand: Callable[[Edit], Application], tmp_path: Path
) -> None:
    env = copy.desired_spec().components["db"].env
    moved(edited(copy, "db", env={**env, "API_TOKEN": "plain-0ld-token"}, command=["old"]), OperationKind.CHANGE, None)

    def both(services: dict[str, Any]) -> None:
        services["db"]["environment"]["API_TOKEN"] = "plain-n3w-token"
        services["db"]["command"] = ["long"] * 40

    accept(by_hand(both))
    message = AuditEntry.objects.get(verb="accepted drift").data["said"]
    assert sorted(message) == ["command changed", "env API_TOKEN changed"]


def test_an_upgrade_after_it_takes_it_for_the_operators_own(
    by_hand: Callable[[Edit], Application], version: TemplateVersion
) -> None:
    application = by_hand(image)
    accept(application)
    same = released(version.template, "1.1", changed(WEB_AND_DB, "web", image="shop/web:1.1"))
    plan = plan_of(application, same).plan
    assert plan.state == "ready"
    assert plan.get_step("db").action == "nothing"
    assert plan.spec.components["db"].image == "postgres:16"
    both = released(version.template, "1.2", changed(WEB_AND_DB, "db", image="postgres:18"))
    requested = plan_of(application, both).plan
    assert [question.id for question in requested.open_questions] == ["components.db.image"]


def test_drift_that_nobody_decided_still_asks(by_hand: Callable[[Edit], Application], version: TemplateVersion) -> None:
    application = by_hand(image)
    next_version = released(version.template, "1.1", changed(WEB_AND_DB, "web", image="shop/web:1.1"))
    requested = plan_of(application, next_version).plan.open_questions
    assert [(question.kind, question.id) for question in requested] == [("drift", "db")]
    assert "keep it, accept the drift first." in describe_detail(requested[0])


def test_going_back_over_an_upgrade_keeps_what_was_kept(
    by_hand: Callable[[Edit], Application], version: TemplateVersion
) -> None:
    application = by_hand(image)
    accept(application)
    next_version = released(version.template, "1.1", changed(WEB_AND_DB, "web", image="shop/web:1.1"))
    assert moved(application, OperationKind.UPGRADE, next_version).succeeded
    assert moved(application, OperationKind.ROLLBACK, version).succeeded
    assert fresh(application).desired_spec().components["db"].image == "postgres:16"


def test_an_edit_that_waits_is_not_lost(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(image_and_zone)
    edited(application, "db", image="postgres:18")
    accept(application)
    component, current = (
        fresh(application).desired_spec().components["db"],
        fresh(application).applied_spec().components["db"],
    )
    assert (component.image, current.image) == ("postgres:18", "postgres:16")
    assert component.env["TZ"] == current.env["TZ"] == "UTC"


def test_another_value_in_a_secrets_place_becomes_a_secret_of_its_own(
    by_hand: Callable[[Edit], Application],
) -> None:
    application = by_hand(lambda all_of: all_of["db"]["environment"].update(POSTGRES_PASSWORD="Zq7-very-secret"))
    drift = accept(application)
    assert "Zq7-very-secret" not in "".join(describe_field(row) for row in drift.rows)
    documents = f"{fresh(application).desired_spec()}{fresh(application).applied_spec()}"
    assert "Zq7-very-secret" not in documents
    assert "Zq7-very-secret" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    value = application.values.get(name="DB_POSTGRES_PASSWORD")
    assert value.secret
    assert value.applied_text() == "Zq7-very-secret"
    assert not load_drift(fresh(application), "db").has_drifted


def test_nothing_is_kept_that_moved_since_it_was_looked_at(
    copy: Application, by_hand: Callable[[Edit], Application]
) -> None:
    observed = load_drift(by_hand(image), "db").digest
    by_hand(lambda all_of: all_of["db"].update(image="postgres:15"))
    with pytest.raises(OperationRefused, match="db changed on the target"):
        accept_drift(copy, ADA, "db", digest=observed)
    assert fresh(copy).desired_spec() == WEB_AND_DB
    assert not ApplicationLock.objects.filter(application=copy).exists()


def test_where_nothing_differs_there_is_nothing_to_keep(copy: Application) -> None:
    with pytest.raises(OperationRefused, match="The drift of db cannot be accepted"):
        accept(copy)


def test_nobody_keeps_while_somebody_is_at_work(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(image)
    observed = load_drift(application, "db").digest
    ApplicationLock.objects.create(application=application, record_id=1, label="Upgrade", url="/upgrades/1/", by="eve")
    with pytest.raises(OperationRefused, match="Upgrade is running, started by eve"):
        accept_drift(application, ADA, "db", digest=observed)
    assert ApplicationLock.objects.filter(application=application, record_id=1).exists()


def test_a_viewer_cannot(by_hand: Callable[[Edit], Application], team: Team) -> None:
    application = by_hand(image)
    with pytest.raises(Forbidden):
        accept_drift(
            application, Actor.from_user(member(team, Role.VIEWER)), "db", digest=load_drift(application, "db").digest
        )


def test_the_target_is_only_told(in_memory: Application, tmp_path: Path) -> None:
    target = memory_of(str(tmp_path))
    uid = str(in_memory.uid)
    component = target.parts(uid)["db"].component.model_copy(update={"user": "999"})
    target.drift(uid, "db", component=component)
    before = len(target.verbs)
    accept(in_memory)
    assert [verb.name for verb in target.verbs[before:]] == ["keep"]
    assert fresh(in_memory).desired_spec().components["db"].user == "999"


def test_what_nobody_knew_is_known_then(in_memory: Application, tmp_path: Path) -> None:
    target, uid = memory_of(str(tmp_path)), str(in_memory.uid)
    target.drift(uid, "db", component=target.parts(uid)["db"].component.model_copy(update={"user": "999"}))
    in_memory.components.filter(key="db").update(applied_unknown=True)
    accept(in_memory)
    assert build_proposal(fresh(in_memory), OperationKind.CHANGE, None, Answers()).plan.state == "nothing to do"


def test_what_the_target_refuses_is_not_kept(in_memory: Application, tmp_path: Path) -> None:
    target = memory_of(str(tmp_path))
    uid = str(in_memory.uid)
    target.drift(uid, "db", component=target.parts(uid)["db"].component.model_copy(update={"user": "999"}))
    target.fail("keep", "db", message="the disk is full")
    with pytest.raises(OperationRefused, match="the disk is full"):
        accept(in_memory)
    assert fresh(in_memory).desired_spec() == WEB_AND_DB
    assert not ApplicationLock.objects.filter(application=in_memory).exists()


def test_what_was_taken_away_is_put_back(in_memory: Application, tmp_path: Path) -> None:
    target = memory_of(str(tmp_path))
    target.take_away(str(in_memory.uid), "db")
    assert load_drift(in_memory, "db").is_missing
    record = plan_drift_revert(in_memory, ADA, "db")
    assert record.stored_plan.get_step("db").action == "create"


def test_what_was_stopped_there_is_told_apart_from_what_was_stopped_here(
    in_memory: Application, tmp_path: Path
) -> None:
    placed = memory_of(str(tmp_path)).placed[str(in_memory.uid)]
    placed.stopped.add("db")
    assert load_drift(in_memory, "db").was_stopped_outside
    in_memory.components.filter(key="db").update(stopped=True)
    assert not load_drift(in_memory, "db").was_stopped_outside


def test_a_plan_with_the_answer_to_leave_it_does_not_touch_it(in_memory: Application, tmp_path: Path) -> None:
    target = memory_of(str(tmp_path))
    uid = str(in_memory.uid)
    target.drift(uid, "db", component=target.parts(uid)["db"].component.model_copy(update={"user": "999"}))
    accept(in_memory)
    edited(in_memory, "web", command=["serve", "--fast"])
    before = len(target.verbs)
    assert moved(in_memory, OperationKind.CHANGE, None, Answers()).succeeded
    assert ("apply", "db") not in [(verb.name, verb.key) for verb in target.verbs[before:]]


def test_what_is_removed_here_is_shown_and_not_kept(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(lambda all_of: all_of["web"].update(user="1000"))
    remove_component(application, ADA, key="web")
    drift = load_drift(fresh(application), "web")
    assert [describe_field(row) for row in drift.rows] == ["user added: 1000"]
    with pytest.raises(OperationRefused, match="web has a pending removal"):
        accept_drift(application, ADA, "web", digest=drift.digest)


def test_what_is_not_committed_is_not_kept(copy: Application, tmp_path: Path) -> None:
    document = tmp_path / "repository" / copy.slug / "compose.yaml"
    document.write_text(document.read_text().replace("postgres:17", "postgres:16"))
    assert [describe_field(row) for row in load_drift(copy, "db").rows] == ["image postgres:17 → postgres:16"]
    with pytest.raises(OperationRefused, match=r"files: copy/compose\.yaml in .*/repository"):
        accept(copy)
    assert fresh(copy).desired_spec() == WEB_AND_DB


def test_what_makes_no_component_is_said(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(lambda all_of: all_of["db"].update(image=["not", "a", "text"]))
    drift = load_drift(application, "db")
    assert not drift.is_acceptable
    assert drift.other_differences[0].startswith("compose.yaml cannot be read: ")


def test_what_does_not_hold_together_is_not_kept(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(lambda all_of: all_of["db"].update(ports=["8080:5432"]))
    with pytest.raises(OperationRefused, match="The drift of db cannot be accepted") as refused:
        accept(application)
    assert "8080" in refused.value.faults[0]
    assert load_drift(fresh(application), "db").has_drifted
