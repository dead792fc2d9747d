"""An install that did not end well, or waits, is planned again for the same application."""

import pytest
from django.urls import reverse

from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Target
from config.accounts.models import Team, User
from config.errors import Refused
from templates_app.appspec.schema.parse import parse
from templates_app.models import AppTemplate, TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.road import ADA, carried_out, memory_target, released
from tests.upgrades_app.views.pages import location, text_of
from upgrades_app.actions.plan_again import plan_again
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.labels import plan_again_url
from upgrades_app.queries.load_planning_input import Seen, look

pytestmark = pytest.mark.django_db
PORT = "port:web 80/tcp 8080"
SPEC = parse(
    {
        "parameters": {
            "LEVEL": {"default": "info"},
            "TOKEN": {"secret": True, "required": True},
            "KEY": {"secret": True, "required": True, "generate": "hex:16"},
        },
        "components": {
            "web": {
                "image": "web:1",
                "env": {"L": "${LEVEL}", "T": "${TOKEN}", "K": "${KEY}"},
                "ports": {"80/tcp": {"8080": {}}},
            }
        },
    }
)
TYPED = Answers(values={"LEVEL": "debug"}, secrets={"TOKEN": "hunter2"}, ports={"web 80/tcp 8080": 9090})


@pytest.fixture
def target(team: Team, request: pytest.FixtureRequest) -> Target:
    return memory_target(team, str(request.node.name))


@pytest.fixture
def version(template: AppTemplate) -> TemplateVersion:
    return released(template, "1.0", SPEC)


@pytest.fixture
def failed(version: TemplateVersion, target: Target) -> UpgradeRecord:
    engine = target_in_memory(str(target.config["name"]))
    record = plan_install(version, ADA, team=target.team, name="Blog live", target=target, answers=TYPED)
    engine.object_to("web", "the disk is full")
    ended = carried_out(record)
    assert ended.status == "failed"
    engine.objections.clear()
    return ended


def typed(target: Target, **data: object) -> dict[str, object]:
    secrets = {"secret:TOKEN": "", "secret:KEY": ""}
    return {"name": "Blog live", "target": target.pk, "ports": target.pk, "value:LEVEL": "debug", **secrets, **data}


def test_the_form_is_refilled_and_keeps_the_secrets(operator: User, target: Target, failed: UpgradeRecord) -> None:
    client, made_up = SignedIn(operator), failed.values_after_given.secrets["KEY"]
    planned = text_of(client.get(reverse("upgrades:planned", args=[failed.subject.slug])))
    assert f"plan={failed.pk}" in planned

    page = text_of(client.get(plan_again_url(failed)))
    for shown in ('value="Blog live"', 'value="debug"', f'name="{PORT}" value="9090"', "set earlier, leave empty"):
        assert shown in page
    assert "hunter2" not in page

    answer = client.post(plan_again_url(failed), {**typed(target), PORT: "9090"})
    record = UpgradeRecord.objects.get(status="planned")
    assert location(answer) == reverse("upgrades:confirm", args=[record.pk])
    assert carried_out(record).succeeded
    copy = Application.objects.get()
    assert (copy.slug, copy.name) == ("blog-live", "Blog live")
    values = {row.name: row.applied.reveal() for row in copy.values.all() if row.applied is not None}
    assert values == {"LEVEL": "debug", "TOKEN": "hunter2", "KEY": made_up}
    assert list(copy.applied_spec().components["web"].ports["80/tcp"]) == ["9090"]


def test_a_secret_that_is_typed_stands_in_place_of_the_one_before(
    operator: User, target: Target, failed: UpgradeRecord
) -> None:
    data = {**typed(target), "secret:TOKEN": "other"}
    SignedIn(operator).post(plan_again_url(failed), data)
    assert UpgradeRecord.objects.get(status="planned").values_after_given.secrets["TOKEN"] == "other"


def test_name_and_target_may_be_others_and_a_second_plan_takes_the_place_of_the_first(
    operator: User, target: Target, failed: UpgradeRecord
) -> None:
    other = Target.objects.create(team=target.team, slug="other", kind="memory", config={"name": "other"})
    client = SignedIn(operator)
    client.post(plan_again_url(failed), typed(target))
    second = UpgradeRecord.objects.get(status="planned")

    client.post(plan_again_url(second), typed(other, name="Blog"))

    copy = Application.objects.get()
    assert (copy.slug, copy.name, copy.target) == ("blog-live", "Blog", other)
    second.refresh_from_db()
    assert second.status == "discarded"
    assert UpgradeRecord.objects.get(status="planned").subject == copy


def test_what_is_refused_changes_nothing(operator: User, target: Target, failed: UpgradeRecord) -> None:
    broken = parse({"components": {"web": {"image": "web", "depends_on": {"nobody": {}}}}})
    newer = released(failed.to_version.template, "2.0", broken)  # type: ignore[union-attr]  # an install has one
    url = plan_again_url(failed).replace("version=1.0", f"version={newer.version}")

    page = text_of(SignedIn(operator).post(url, {"name": "Other", "target": target.pk, "ports": target.pk}))

    assert "there is no component nobody" in page
    assert Application.objects.get().name == "Blog live"
    assert not UpgradeRecord.objects.filter(status="planned").exists()


def test_one_that_is_installed_is_not_planned_again(
    operator: User, version: TemplateVersion, target: Target, failed: UpgradeRecord
) -> None:
    client, url = SignedIn(operator), plan_again_url(failed)
    client.post(url, typed(target))
    assert carried_out(UpgradeRecord.objects.get(status="planned")).succeeded

    page = text_of(client.get(url))
    assert 'value="Blog live"' not in page
    assert "set earlier" not in page


def test_a_plan_that_waits_keeps_its_secrets_when_it_is_changed(
    operator: User, version: TemplateVersion, target: Target
) -> None:
    record = plan_install(version, ADA, team=target.team, name="Blog live", target=target, answers=TYPED)

    SignedIn(operator).post(plan_again_url(record), typed(target))

    now = UpgradeRecord.objects.get(status="planned")
    assert now.pk != record.pk
    assert now.values_after_given.secrets["TOKEN"] == "hunter2"
    assert Application.objects.get().slug == "blog-live"


def test_the_plan_of_another_team_fills_no_form(
    operator: User, stranger: User, version: TemplateVersion, target: Target
) -> None:
    record = plan_install(version, ADA, team=target.team, name="Blog live", target=target, answers=TYPED)
    UpgradeRecord.objects.update(team=stranger.memberships.get().team)
    page = text_of(SignedIn(operator).get(plan_again_url(record)))
    assert "set earlier" not in page
    assert 'value="Blog live"' not in page


def test_an_install_that_somebody_else_finishes_meanwhile_is_not_planned_again(
    failed: UpgradeRecord, version: TemplateVersion, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    quicker = plan_again(failed, version, ADA, name="Blog live", target=target, answers=TYPED)

    def meanwhile(application: Application) -> Seen:
        live_state = look(application)
        assert carried_out(quicker).succeeded
        return live_state

    monkeypatch.setattr("upgrades_app.actions.plan_again.look", meanwhile)
    with pytest.raises(Refused, match="is installed already"):
        plan_again(failed, version, ADA, name="Blog live", target=target, answers=TYPED)
    assert not UpgradeRecord.objects.waiting().exists()
