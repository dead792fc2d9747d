"""What somebody else changed on the target is kept: it is the operator's own, and nothing is restarted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from apps_app.actions.refresh_observations import observe
from apps_app.actions.remove_component import remove_component
from apps_app.drivers.memory import memory_target as memory_of
from apps_app.models import Application, Busy
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, Role, Team
from config.errors import Refused
from templates_app.models import TemplateVersion
from tests.apps_app.drivers.repositories import commit_by_hand
from tests.factories import member
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.road import ADA, fresh, git_target, installed, memory_target, moved, plan_of, released
from tests.upgrades_app.views.pages import edited
from upgrades_app.actions.accept_drift import keep
from upgrades_app.actions.build_plan import propose
from upgrades_app.actions.revert_drift import put_back
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.queries.load_drift import Drift, look_at

pytestmark = pytest.mark.django_db

type Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def copy(version_1_0: TemplateVersion, team: Team, tmp_path: Path) -> Application:
    return installed(version_1_0, git_target(team, tmp_path))


@pytest.fixture
def in_memory(version_1_0: TemplateVersion, team: Team, tmp_path: Path) -> Application:
    return installed(version_1_0, memory_target(team, str(tmp_path)), "Runs")


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


def kept(application: Application, key: str = "db") -> Drift:
    return keep(application, ADA, key, seen=look_at(application, key).digest)


def image(services: dict[str, Any]) -> None:
    services["db"]["image"] = "postgres:16"


def image_and_zone(services: dict[str, Any]) -> None:
    image(services)
    services["db"]["environment"]["TZ"] = "UTC"


def test_each_field_is_told(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(image_and_zone)
    drift = look_at(application, "db")
    assert [row.sentence() for row in drift.rows] == ["image postgres:17 → postgres:16", "env TZ added: UTC"]
    assert drift.drifted
    assert not look_at(application, "web").drifted


def test_what_is_kept_is_desired_and_applied_and_nothing_waits(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(image)
    kept(application)
    row = application.components.get(key="db")
    assert row.desired == row.applied
    assert fresh(application).applied_spec().components["db"].image == "postgres:16"
    observe(fresh(application))
    assert not look_at(fresh(application), "db").drifted
    entry = AuditEntry.objects.get(verb="kept as found")
    assert entry.data["said"] == ["image postgres:17 → postgres:16"]
    assert not Busy.objects.filter(application=application).exists()


def test_neither_a_credential_in_the_open_nor_a_long_text_stays_in_any_trail(
    copy: Application, by_hand: Callable[[Edit], Application], tmp_path: Path
) -> None:
    env = copy.desired_spec().components["db"].env
    moved(edited(copy, "db", env={**env, "API_TOKEN": "plain-0ld-token"}, command=["old"]), Kind.CHANGE, None)

    def both(services: dict[str, Any]) -> None:
        services["db"]["environment"]["API_TOKEN"] = "plain-n3w-token"
        services["db"]["command"] = ["long"] * 40

    kept(by_hand(both))
    message = AuditEntry.objects.get(verb="kept as found").data["said"]
    assert sorted(message) == ["command changed", "env API_TOKEN changed"]


def test_an_upgrade_after_it_takes_it_for_the_operators_own(
    by_hand: Callable[[Edit], Application], version_1_0: TemplateVersion
) -> None:
    application = by_hand(image)
    kept(application)
    same = released(version_1_0.template, "1.1", changed(WEB_AND_DB, "web", image="shop/web:1.1"))
    plan = plan_of(application, same).plan
    assert plan.state == "ready"
    assert plan.step("db").action == "nothing"
    assert plan.spec.components["db"].image == "postgres:16"
    both = released(version_1_0.template, "1.2", changed(WEB_AND_DB, "db", image="postgres:18"))
    requested = plan_of(application, both).plan
    assert [question.id for question in requested.open_questions] == ["components.db.image"]


def test_drift_that_nobody_decided_still_asks(
    by_hand: Callable[[Edit], Application], version_1_0: TemplateVersion
) -> None:
    application = by_hand(image)
    two = released(version_1_0.template, "1.1", changed(WEB_AND_DB, "web", image="shop/web:1.1"))
    requested = plan_of(application, two).plan.open_questions
    assert [(question.kind, question.id) for question in requested] == [("drift", "db")]
    assert "keep it on its page first" in requested[0].detail


def test_going_back_over_an_upgrade_keeps_what_was_kept(
    by_hand: Callable[[Edit], Application], version_1_0: TemplateVersion
) -> None:
    application = by_hand(image)
    kept(application)
    two = released(version_1_0.template, "1.1", changed(WEB_AND_DB, "web", image="shop/web:1.1"))
    assert moved(application, Kind.UPGRADE, two).succeeded
    assert moved(application, Kind.ROLLBACK, version_1_0).succeeded
    assert fresh(application).desired_spec().components["db"].image == "postgres:16"


def test_an_edit_that_waits_is_not_lost(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(image_and_zone)
    edited(application, "db", image="postgres:18")
    kept(application)
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
    drift = kept(application)
    assert "Zq7-very-secret" not in "".join(row.sentence() for row in drift.rows)
    documents = f"{fresh(application).desired_spec()}{fresh(application).applied_spec()}"
    assert "Zq7-very-secret" not in documents
    assert "Zq7-very-secret" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    value = application.values.get(name="DB_POSTGRES_PASSWORD")
    assert value.secret
    assert value.applied_text() == "Zq7-very-secret"
    assert not look_at(fresh(application), "db").drifted


def test_nothing_is_kept_that_moved_since_it_was_looked_at(
    copy: Application, by_hand: Callable[[Edit], Application]
) -> None:
    observed = look_at(by_hand(image), "db").digest
    by_hand(lambda all_of: all_of["db"].update(image="postgres:15"))
    with pytest.raises(Refused, match="something else on the target by now"):
        keep(copy, ADA, "db", seen=observed)
    assert fresh(copy).desired_spec() == WEB_AND_DB
    assert not Busy.objects.filter(application=copy).exists()


def test_where_nothing_differs_there_is_nothing_to_keep(copy: Application) -> None:
    with pytest.raises(Refused, match="Nothing of what differs in db can be kept"):
        kept(copy)


def test_nobody_keeps_while_somebody_is_at_work(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(image)
    observed = look_at(application, "db").digest
    Busy.objects.create(application=application, record_id=1, label="Upgrade", url="/upgrades/1/", by="eve")
    with pytest.raises(Refused, match="Upgrade is at work"):
        keep(application, ADA, "db", seen=observed)
    assert Busy.objects.filter(application=application, record_id=1).exists()


def test_a_viewer_cannot(by_hand: Callable[[Edit], Application], team: Team) -> None:
    application = by_hand(image)
    with pytest.raises(Forbidden):
        keep(application, Actor.of(member(team, Role.VIEWER)), "db", seen=look_at(application, "db").digest)


def test_the_target_is_only_told(in_memory: Application, tmp_path: Path) -> None:
    target = memory_of(str(tmp_path))
    uid = str(in_memory.uid)
    component = target.parts(uid)["db"].component.model_copy(update={"user": "999"})
    target.drift(uid, "db", found=component)
    before = len(target.verbs)
    kept(in_memory)
    assert [verb.name for verb in target.verbs[before:]] == ["keep"]
    assert fresh(in_memory).desired_spec().components["db"].user == "999"


def test_what_nobody_knew_is_known_then(in_memory: Application, tmp_path: Path) -> None:
    target, uid = memory_of(str(tmp_path)), str(in_memory.uid)
    target.drift(uid, "db", found=target.parts(uid)["db"].component.model_copy(update={"user": "999"}))
    in_memory.components.filter(key="db").update(applied_unknown=True)
    kept(in_memory)
    assert propose(fresh(in_memory), Kind.CHANGE, None, Answers()).plan.state == "nothing to do"


def test_what_the_target_refuses_is_not_kept(in_memory: Application, tmp_path: Path) -> None:
    target = memory_of(str(tmp_path))
    uid = str(in_memory.uid)
    target.drift(uid, "db", found=target.parts(uid)["db"].component.model_copy(update={"user": "999"}))
    target.fail("keep", "db", message="the disk is full")
    with pytest.raises(Refused, match="the disk is full"):
        kept(in_memory)
    assert fresh(in_memory).desired_spec() == WEB_AND_DB
    assert not Busy.objects.filter(application=in_memory).exists()


def test_what_was_taken_away_is_put_back(in_memory: Application, tmp_path: Path) -> None:
    target = memory_of(str(tmp_path))
    target.take_away(str(in_memory.uid), "db")
    assert look_at(in_memory, "db").missing
    record = put_back(in_memory, ADA, "db")
    assert record.stored_plan.step("db").action == "create"


def test_what_was_stopped_there_is_told_apart_from_what_was_stopped_here(
    in_memory: Application, tmp_path: Path
) -> None:
    placed = memory_of(str(tmp_path)).placed[str(in_memory.uid)]
    placed.stopped.add("db")
    assert look_at(in_memory, "db").stopped_by_others
    in_memory.components.filter(key="db").update(stopped=True)
    assert not look_at(in_memory, "db").stopped_by_others


def test_a_plan_with_the_answer_to_leave_it_does_not_touch_it(in_memory: Application, tmp_path: Path) -> None:
    target = memory_of(str(tmp_path))
    uid = str(in_memory.uid)
    target.drift(uid, "db", found=target.parts(uid)["db"].component.model_copy(update={"user": "999"}))
    kept(in_memory)
    edited(in_memory, "web", command=["serve", "--fast"])
    before = len(target.verbs)
    assert moved(in_memory, Kind.CHANGE, None, Answers()).succeeded
    assert ("apply", "db") not in [(verb.name, verb.key) for verb in target.verbs[before:]]


def test_what_is_removed_here_is_shown_and_not_kept(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(lambda all_of: all_of["web"].update(user="1000"))
    remove_component(application, ADA, key="web")
    drift = look_at(fresh(application), "web")
    assert [row.sentence() for row in drift.rows] == ["user added: 1000"]
    with pytest.raises(Refused, match="web is removed here"):
        keep(application, ADA, "web", seen=drift.digest)


def test_what_is_not_committed_is_not_kept(copy: Application, tmp_path: Path) -> None:
    document = tmp_path / "repository" / copy.slug / "compose.yaml"
    document.write_text(document.read_text().replace("postgres:17", "postgres:16"))
    assert [row.sentence() for row in look_at(copy, "db").rows] == ["image postgres:17 → postgres:16"]
    with pytest.raises(Refused, match="changed and not committed; commit it or undo it there"):
        kept(copy)
    assert fresh(copy).desired_spec() == WEB_AND_DB


def test_what_makes_no_component_is_said(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(lambda all_of: all_of["db"].update(image=["not", "a", "text"]))
    drift = look_at(application, "db")
    assert not drift.keepable
    assert drift.beside[0].startswith("compose.yaml cannot be read: ")


def test_what_does_not_hold_together_is_not_kept(by_hand: Callable[[Edit], Application]) -> None:
    application = by_hand(lambda all_of: all_of["db"].update(ports=["8080:5432"]))
    with pytest.raises(Refused, match="db cannot be kept like this") as refused:
        kept(application)
    assert "8080" in refused.value.faults[0]
    assert look_at(fresh(application), "db").drifted
