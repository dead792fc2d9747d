"""A source application becomes a version: draft, synchronized, released."""

from typing import Any

import pytest
from django.db import InternalError, transaction
from django.db.utils import IntegrityError, OperationalError
from procrastinate.contrib.django.models import ProcrastinateJob

from apps_app.actions.finish_publication import cancel_publication, confirm_release
from apps_app.models import Application, Busy, ReleaseRecord, Value
from apps_app.publication.choices import Choices, Decision, NewTemplate
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, Team, User
from config.errors import Refused
from templates_app.actions.change_state import change_state
from templates_app.actions.synchronize import synchronize
from templates_app.models import AppTemplate, SyncRecord, TemplateVersion
from templates_app.tasks import synchronize_version
from tests.apps_app.publishing import ADA, draft, draft_of, edited, lines, released, source, synchronized
from tests.factories import AppTemplateFactory
from tests.specs import DB_UPGRADED, EMPTY, WEB_AND_DB, WITH_REDIS, changed, without

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(team: Team) -> Application:
    return source(team)


def refusal(shop: Application, version: str = "1.0", **options: Any) -> str:
    with pytest.raises(Refused) as refused:
        draft(shop, version, **options)
    return refused.value.sentence


def test_a_publication_is_a_draft_with_a_line_a_component_and_a_job(shop: Application) -> None:
    record = draft(shop, alias="Spring", notes="The first.")
    version = draft_of(record)
    assert (version.state, version.version, version.alias, version.notes) == ("draft", "1.0", "Spring", "The first.")
    assert version.digest.startswith("sha256:")
    assert lines(version) == {"web": "new shop/web:1.0 waiting", "db": "new postgres:17 waiting"}
    assert (record.template_label, record.version_label, record.application_label) == ("Shop", "1.0", "Shop")
    job = ProcrastinateJob.objects.get(task_name="templates_app.synchronize")
    assert job.args == {"version_id": version.pk}


def test_synchronized_and_confirmed_it_is_released(shop: Application) -> None:
    record = synchronized(shop)
    assert set(lines(draft_of(record)).values()) == {"new shop/web:1.0 done", "new postgres:17 done"}
    version = confirm_release(record, ADA)
    assert version.is_released
    assert version.released_at is not None
    assert ReleaseRecord.objects.get().status == "released"
    assert {"published", "released", "confirmed publication"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_the_second_version_says_what_is_new_changed_unchanged_and_removed(shop: Application) -> None:
    released(shop)
    shop = edited(shop, without(changed(WITH_REDIS, "redis", depends_on={"web2": {"required": False}}), "nothing"))
    released(shop, "1.1")
    shop = edited(shop, without(WEB_AND_DB, "web"))
    assert lines(TemplateVersion.objects.get(version="1.1")) == {
        "web": "changed shop/web:1.0 done",
        "db": "unchanged postgres:17 done",
        "redis": "new redis:8 done",
    }
    assert lines(released(shop, "1.2")) == {
        "db": "unchanged postgres:17 done",
        "redis": "removed redis:8 done",
        "web": "removed shop/web:1.0 done",
    }


def test_a_value_that_its_operator_set_is_the_versions_default(shop: Application) -> None:
    Value.objects.create(application=shop, name="WORKERS", desired="4")
    Value.objects.create(application=shop, name="DB_PASSWORD", desired="hush-hush-7", secret=True)
    version = released(shop)
    assert version.spec.parameters["WORKERS"].default == "4"
    assert version.spec.parameters["WORKERS"].fixed is False
    assert version.spec.parameters["WEB_IMAGE"].fixed is True
    assert version.spec.parameters["DB_PASSWORD"].default is None
    assert "hush-hush-7" not in str(version.document)


def test_a_changed_default_alone_is_a_change(shop: Application) -> None:
    released(shop)
    Value.objects.create(application=shop, name="WORKERS", desired="4")
    assert lines(released(shop, "1.1"))["web"] == "changed shop/web:1.0 done"


def test_nothing_changed_is_refused_but_a_final_version_may_repeat_its_release_candidate(shop: Application) -> None:
    released(shop, "1.0rc1")
    assert refusal(shop, "1.0rc2") == "Nothing has changed since 1.0rc1, so there is nothing to publish."
    released(shop, "1.0")
    assert refusal(shop, "1.1") == "Nothing has changed since 1.0, so there is nothing to publish."


def test_a_fix_of_an_older_line_is_compared_with_that_line(shop: Application) -> None:
    released(shop, "1.0")
    released(edited(shop, WITH_REDIS), "1.1")
    assert set(lines(released(edited(shop, DB_UPGRADED), "1.0.1"))) == {"web", "db"}


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1..0", "'1..0' is not a version; did you mean 1.0?"),
        ("", "A version is needed; did you mean 1.0?"),
        ("one", "'one' is not a version."),
    ],
)
def test_what_is_no_version_is_refused_with_the_nearest_spelling(shop: Application, version: str, said: str) -> None:
    assert refusal(shop, version) == said
    assert not AppTemplate.objects.exists()


def test_a_number_is_given_once_by_whatever_spelling(shop: Application) -> None:
    released(shop, "1.0")
    assert refusal(shop, "v1.0.0") == "Shop has 1.0 already; v1.0.0 is the same version."
    draft(edited(shop, WITH_REDIS), "1.1")
    assert refusal(shop, "1.1.0") == "1.1 of Shop is being published by ada: continue it, or give it up."


def test_giving_up_frees_the_number(shop: Application) -> None:
    record = cancel_publication(draft(shop), ADA)
    assert (record.status, record.version, record.cancelled_by) == ("cancelled", None, "ada")
    assert not SyncRecord.objects.exists()
    assert draft(shop, "1.0").status == "draft"
    with pytest.raises(Refused, match="given up by ada"):
        confirm_release(record, ADA)


def test_a_released_version_cannot_be_given_up_or_confirmed_again(shop: Application) -> None:
    record = synchronized(shop)
    confirm_release(record, ADA)
    record.refresh_from_db()
    for act in (cancel_publication, confirm_release):
        with pytest.raises(Refused, match="released"):
            act(record, ADA)


def test_the_database_itself_refuses_to_alter_what_was_released(shop: Application) -> None:
    version = released(shop)
    for field, value in (("document", {}), ("version", "9"), ("digest", "x"), ("sort_key", "x"), ("state", "draft")):
        with pytest.raises((InternalError, IntegrityError, OperationalError)), transaction.atomic():
            TemplateVersion.objects.filter(pk=version.pk).update(**{field: value})
    assert change_state(version, ADA, state="withdrawn", reason="broken").state == "withdrawn"


def test_a_failed_line_keeps_it_from_being_released(shop: Application) -> None:
    record = synchronized(edited(shop, changed(WEB_AND_DB, "db", image="Postgres/DB:17")))
    failed = SyncRecord.objects.get(key="db")
    assert (failed.status, failed.attempts) == ("failed", 1)
    assert "capital letters" in failed.error
    with pytest.raises(Refused, match="db could not be synchronized"):
        confirm_release(record, ADA)


def test_a_component_without_an_image_fails_its_line(shop: Application) -> None:
    synchronized(edited(shop, changed(WEB_AND_DB, "db", image=None)))
    assert SyncRecord.objects.get(key="db").error.startswith("image: is not given")
    assert SyncRecord.objects.get(key="web").status == "done"


def test_a_line_that_a_dead_worker_left_running_is_done_again(shop: Application) -> None:
    version = draft_of(draft(shop))
    SyncRecord.objects.filter(key="web").update(status="running", attempts=1)
    synchronize_version(version.pk)
    assert {row.key: (row.status, row.attempts) for row in version.sync_records.all()} == {
        "db": ("done", 1),
        "web": ("done", 2),
    }
    described: list[str] = []
    assert synchronize(version, lambda row: described.append(row.key)) is True
    assert described == []


def test_a_job_whose_publication_was_given_up_does_nothing(shop: Application) -> None:
    version = draft_of(draft(shop))
    pk = version.pk
    cancel_publication(ReleaseRecord.objects.get(), ADA)
    synchronize_version(pk)
    assert not TemplateVersion.objects.exists()


def test_leaving_out_what_others_need_names_them(shop: Application) -> None:
    assert refusal(shop, choices=Choices(leave_out=frozenset({"db"}))) == "db is needed by web."
    record = draft(shop, choices=Choices(leave_out=frozenset({"db"}), cut=True))
    spec = draft_of(record).spec
    assert record.left_out == ["db"]
    assert (set(spec.components), dict(spec.components["web"].depends_on), set(spec.volumes)) == ({"web"}, {}, set())


def test_what_only_a_left_out_component_used_stays_away_too(shop: Application) -> None:
    record = draft(shop, choices=Choices(leave_out=frozenset({"web"})))
    assert set(draft_of(record).spec.parameters) == {"DB_PASSWORD"}


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (Choices(leave_out=frozenset({"cache"})), "no component cache"),
        (Choices(leave_out=frozenset({"web", "db"})), "at least one component"),
        (Choices(decisions={"WORKER": Decision.FIXED}), "no parameter WORKER"),
        (Choices(decisions={"DB_PASSWORD": Decision.FIXED}), "no version holds a secret"),
    ],
)
def test_choices_that_do_not_fit_are_refused(shop: Application, choices: Choices, said: str) -> None:
    assert said in refusal(shop, choices=choices)


def test_an_application_without_components_has_nothing_to_publish(shop: Application) -> None:
    assert "no component" in refusal(edited(shop, EMPTY))


def test_what_does_not_hold_together_is_refused_with_every_fault(shop: Application) -> None:
    broken = changed(WEB_AND_DB, "web", image="shop/web:${TAG}", depends_on={"cache": {}})
    with pytest.raises(Refused) as refused:
        draft(edited(shop, broken))
    assert any("TAG" in fault for fault in refused.value.faults)
    assert any("there is no component cache" in fault for fault in refused.value.faults)
    assert not AppTemplate.objects.exists()


def test_a_plain_credential_becomes_a_secret_parameter_here_and_in_the_version(shop: Application) -> None:
    env = {"POSTGRES_PASSWORD": "tr0ub4dor-3", "POSTGRES_USER": "shop"}
    version = draft_of(draft(edited(shop, changed(WEB_AND_DB, "db", env=env))))
    parameter = version.spec.parameters["POSTGRES_PASSWORD"]
    assert (parameter.secret, parameter.default) == (True, None)
    assert "tr0ub4dor-3" not in str(version.document)
    assert Application.objects.get().desired_spec().components["db"].env["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD}"
    remaining = Value.objects.get(name="POSTGRES_PASSWORD").desired
    assert remaining is not None
    assert remaining.reveal() == "tr0ub4dor-3"


def test_a_credential_is_published_plain_only_when_named_and_asked_about_once(shop: Application) -> None:
    env = {"POSTGRES_PASSWORD": "tr0ub4dor-3", "POSTGRES_USER": "shop"}
    shop = edited(shop, changed(WEB_AND_DB, "db", env=env))
    first = released(shop, choices=Choices(plain=frozenset({"POSTGRES_PASSWORD"})))
    assert first.spec.components["db"].env["POSTGRES_PASSWORD"] == "tr0ub4dor-3"
    shop = edited(shop, changed(shop.desired_spec(), "db", image="postgres:18"))
    assert released(shop, "1.1").spec.components["db"].env["POSTGRES_PASSWORD"] == "tr0ub4dor-3"


def test_decisions_hold_and_are_proposed_again(shop: Application) -> None:
    desired = {"WORKERS": Decision.FIXED, "WEB_IMAGE": Decision.ASKED, "DB_PASSWORD": Decision.ASKED}
    released(shop, choices=Choices(decisions=desired))
    repeated = released(edited(shop, DB_UPGRADED), "1.1").spec.parameters
    assert (repeated["WORKERS"].fixed, repeated["WEB_IMAGE"].fixed, repeated["DB_PASSWORD"].generate) == (
        True,
        False,
        "",
    )


def test_only_publishers_publish_confirm_and_give_up(shop: Application, operator: User, publisher: User) -> None:
    with pytest.raises(Forbidden):
        draft(shop, by=Actor.of(operator))
    record = synchronized(shop, by=Actor.of(publisher))
    assert draft_of(record).created_by == publisher
    for act in (confirm_release, cancel_publication):
        with pytest.raises(Forbidden):
            act(record, Actor.of(operator))


def test_a_template_of_another_team_takes_a_publisher_there(shop: Application, publisher: User) -> None:
    other = AppTemplateFactory.create(scope="everyone")
    with pytest.raises(Forbidden):
        draft(shop, by=Actor.of(publisher), template=other)


def test_a_new_template_gets_a_slug_of_its_own(shop: Application) -> None:
    AppTemplateFactory.create(slug="shop")
    record = draft(shop, template=NewTemplate("Shop", "Sells things.", "everyone"))
    template = draft_of(record).template
    assert (template.slug, template.description, template.scope) == ("shop-2", "Sells things.", "everyone")


def test_a_busy_application_is_not_published(shop: Application) -> None:
    Busy.objects.create(application=shop, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="bob")
    assert refusal(shop).startswith("Upgrade 1.0 → 1.1 is at work, begun by bob")
