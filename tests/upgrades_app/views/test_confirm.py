"""The yes to a plan: with its digest, while nothing moved, by whoever may."""

import pytest
from django.urls import reverse

from apps_app.models import Application, Busy, Target
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, added, changed
from tests.upgrades_app.road import fresh, installed, released, upgraded
from tests.upgrades_app.views.pages import BOB, HTMX, confirmed, edited, location, planned, text_of
from upgrades_app.actions.build_plan import propose
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.confirm_view import told

pytestmark = pytest.mark.django_db


def url_of(record: UpgradeRecord) -> str:
    return reverse("upgrades:confirm", args=[record.pk])


def test_says_what_will_happen(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    page = text_of(SignedIn(operator).get(url_of(record)))

    assert "Upgrade Copy to 1.1?" in page
    assert "redis is written" in page
    assert "db is not touched" in page
    assert record.digest[:19] in page
    assert "Put everything back" in page
    assert "It starts nothing" in page or "it starts nothing" in page


def test_says_what_was_decided_and_kept(operator: User, copy: Application, two: TemplateVersion) -> None:
    env = copy.desired_spec().components["web"].env
    edited(copy, "web", env={**env, "LOG_LEVEL": "debug"}, command=["serve", "--ours"])
    theirs = changed(two.spec, "web", command=["serve", "--theirs"])
    version = released(two.template, "1.2", changed(theirs, "db", image="postgres:18"))
    answers = Answers(conflicts={"components.web.command": "ours"}, accept_data_risk=frozenset({"db"}))
    record = store(propose(fresh(copy), Kind.UPGRADE, version, answers), BOB)

    page = text_of(SignedIn(operator).get(url_of(record)))

    assert "web command stays serve --ours (yours)" in page
    assert "web env LOG_LEVEL added: debug" in page
    assert "db&#x27;s data could be at risk, which you accepted" in page
    assert "volume cache is new" in page


def test_a_component_that_is_left_behind_is_told_of_once(
    operator: User, copy: Application, two: TemplateVersion
) -> None:
    theirs = changed(changed(two.spec, "web", working_dir="/srv"), "redis", working_dir="/cache")
    version = released(two.template, "1.2", theirs)
    record = store(propose(fresh(copy), Kind.UPGRADE, version, Answers(only=frozenset({"redis"}))), BOB)

    also = next(part for part in told(record.stored_plan).parts if part.heading == "Also").lines

    assert "db, web stay at 1.0, and can be taken later" in also
    assert not [line for line in also if "not touched" in line]
    assert "not touched" not in text_of(SignedIn(operator).get(url_of(record)))


def test_many_steps_are_all_there_folded(operator: User, version_1_0: TemplateVersion, target: Target) -> None:
    many = {f"part-{n:02}": {"image": f"part:{n}"} for n in range(60)}
    version = released(version_1_0.template, "3.0", added(WEB_AND_DB, **many))
    record = plan_install(version, BOB, team=target.team, name="Many", target=target)

    page = text_of(SignedIn(operator).get(url_of(record)))

    assert "<summary>And 50 more</summary>" in page
    assert all(f"{key} is written" in page for key in many)


def test_a_port_that_another_publishes_too_is_a_warning(
    operator: User, copy: Application, version_1_0: TemplateVersion, two: TemplateVersion, target: Target
) -> None:
    installed(version_1_0, target, "Staging")

    page = text_of(SignedIn(operator).get(url_of(planned(copy, two))))

    assert "web publishes 8080/tcp, and so does web of Staging on this target" in page


def test_is_the_dialog_for_htmx(operator: User, copy: Application, two: TemplateVersion) -> None:
    answer = SignedIn(operator).get(url_of(planned(copy, two)), headers=HTMX)

    assert "Upgrade Copy to 1.1?" in text_of(answer)
    assert "<html" not in text_of(answer)


def test_starts_it_with_policy_and_reason(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)

    answer = confirmed(SignedIn(operator), record, policy="continue", reason="the sale")

    record.refresh_from_db()
    assert location(answer) == record.get_absolute_url()
    assert (record.status, record.policy, record.reason) == ("queued", "continue", "the sale")
    assert record.confirmed_by_label == "operator"
    assert Busy.objects.get(application=copy).by == "operator"


@pytest.mark.parametrize("data", [{"digest": "sha256:other"}, {"digest": ""}])
def test_another_digest_is_refused(
    data: dict[str, str], operator: User, copy: Application, two: TemplateVersion
) -> None:
    record = planned(copy, two)

    answer = confirmed(SignedIn(operator), record, **data)

    record.refresh_from_db()
    assert record.status == "planned"
    assert "not the plan that was shown" in text_of(answer)


def test_an_unknown_policy_is_an_error(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)

    assert "Select a valid choice" in text_of(confirmed(SignedIn(operator), record, policy="hope"))
    record.refresh_from_db()
    assert record.status == "planned"


def test_what_moved_is_shown_and_not_started(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    edited(copy, "db", command=["postgres", "-c", "fsync=off"])

    page = text_of(confirmed(SignedIn(operator), record))

    record.refresh_from_db()
    assert record.status == "planned"
    assert "The plan changed" in page
    assert "db stays as it is" in page
    assert "fsync=off" in page
    assert f"{reverse('upgrades:details', args=[copy.slug])}?to=1.1" in page


def test_a_second_one_is_refused_while_the_first_is_open(
    operator: User, copy: Application, two: TemplateVersion
) -> None:
    first = planned(copy, two)
    client = SignedIn(operator)
    confirmed(client, first)
    second = planned(copy, two)

    page = text_of(confirmed(client, second))

    second.refresh_from_db()
    assert second.status == "planned"
    assert "is at work, begun by operator" in page


def test_what_has_begun_leads_to_the_record(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = upgraded(copy, two)

    assert location(SignedIn(operator).get(url_of(record))) == record.get_absolute_url()


def test_three_people(operator: User, viewer: User, stranger: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)

    for user, status in ((viewer, 403), (stranger, 404)):
        assert SignedIn(user).get(url_of(record)).status_code == status
        assert confirmed(SignedIn(user), record).status_code == status
    record.refresh_from_db()
    assert record.status == "planned"


def test_discarding_a_plan(operator: User, viewer: User, copy: Application, two: TemplateVersion) -> None:
    record = planned(copy, two)
    url = reverse("upgrades:discard", args=[record.pk])

    assert SignedIn(viewer).post(url).status_code == 403
    assert "Discard the plan" in text_of(SignedIn(operator).get(url))
    assert SignedIn(operator).post(url).status_code == 302

    record.refresh_from_db()
    assert record.status == "discarded"
    assert fresh(copy).installed() is not None


def test_discarding_an_install_takes_its_application_along(
    operator: User, version_1_0: TemplateVersion, target: Target
) -> None:
    record = plan_install(version_1_0, BOB, team=target.team, name="Later", target=target)
    url = reverse("upgrades:discard", args=[record.pk])
    client = SignedIn(operator)

    assert "Later was made for this install and holds nothing yet, so it goes too." in text_of(client.get(url))
    assert location(client.post(url)) == version_1_0.template.get_absolute_url()
    assert not Application.objects.exists()


def test_what_ended_is_not_discarded(operator: User, copy: Application, two: TemplateVersion) -> None:
    record = upgraded(copy, two)

    page = text_of(SignedIn(operator).post(reverse("upgrades:discard", args=[record.pk])))

    assert "Only a plan that was not confirmed" in page
