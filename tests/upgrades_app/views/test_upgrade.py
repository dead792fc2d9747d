"""The details page of an upgrade: what it shows, what it asks, what it stores."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps_app.models import Application, Target
from config.accounts.models import User
from templates_app.appspec.schema.model import Parameter
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, added, changed, without
from tests.upgrades_app.road import carried_out, fresh, installed, moved, released
from tests.upgrades_app.views.pages import HTMX, confirmed, details, edited, location, planned, post, text_of
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def test_shows_what_changes_and_where_it_is_from(operator: User, copy: Application, two: TemplateVersion) -> None:
    page = SignedIn(operator).get(details(copy))
    text = text_of(page)

    assert 'id="component-redis"' in text
    assert "<code>OLD_CACHE_DIR</code>" in text
    assert "From the template" in text
    assert "1 unchanged component" in text
    assert "Ready" in text


def test_posting_stores_the_plan_and_leads_to_the_confirm(
    operator: User, copy: Application, two: TemplateVersion
) -> None:
    answer = post(SignedIn(operator), details(copy))

    record = UpgradeRecord.objects.get(kind="upgrade")
    assert location(answer) == reverse("upgrades:confirm", args=[record.pk])
    assert record.status == "planned"
    assert record.created_by == operator


def test_htmx_gets_the_confirm_as_a_dialog(operator: User, copy: Application, two: TemplateVersion) -> None:
    client = SignedIn(operator)
    shown = client.get(details(copy)).context["sheet"].plan.fingerprint
    answer = client.post(details(copy), {"fingerprint": shown}, headers=HTMX)

    assert answer["HX-Retarget"] == "#dialog"
    assert "Upgrade Copy to 1.1?" in text_of(answer)
    assert "<html" not in text_of(answer)


def test_the_fragment_is_the_pages_own_part(operator: User, copy: Application, two: TemplateVersion) -> None:
    client = SignedIn(operator)
    text = text_of(client.get(details(copy)))
    part = client.get(details(copy), headers=HTMX)

    assert text_of(part).lstrip().startswith('<div id="sheet"')
    assert "<h1>" not in text_of(part)
    assert 'id="component-redis"' in text
    assert 'id="component-redis"' in text_of(part)
    assert "HX-Request" in part["Vary"]


def test_a_conflict_is_asked_and_nothing_is_stored_without_an_answer(
    operator: User, copy: Application, two: TemplateVersion
) -> None:
    released(two.template, "1.2", changed(two.spec, "web", command=["serve", "--theirs"]))
    edited(copy, "web", command=["serve", "--ours"])
    client = SignedIn(operator)

    answer = post(client, details(copy, "1.2"))

    assert answer.status_code == 200
    assert "One question needs your answer." in text_of(answer)
    assert "This needs your answer." in text_of(answer)
    assert not UpgradeRecord.objects.filter(kind="upgrade").exists()

    post(client, details(copy, "1.2"), **{"conflict:components.web.command": "ours"})
    record = UpgradeRecord.objects.get(kind="upgrade")
    assert record.after["components"]["web"]["command"] == ["serve", "--ours"]


def test_answers_stay_while_others_are_missing(operator: User, copy: Application, two: TemplateVersion) -> None:
    theirs = changed(without(two.spec, "db"), "web", command=["theirs"], depends_on=None)
    released(two.template, "2.0", theirs)
    edited(copy, "web", command=["ours"])

    answer = post(SignedIn(operator), details(copy, "2.0"), **{"conflict:components.web.command": "theirs"})

    text = text_of(answer)
    assert re.search(r'value="theirs" checked', text)
    assert "db is not part of shop" in text.lower()


def test_components_may_be_left_behind(operator: User, copy: Application, two: TemplateVersion) -> None:
    both = changed(two.spec, "db", image="postgres:17.1")
    released(two.template, "1.2", both)
    url = details(copy, "1.2")
    client = SignedIn(operator)
    page = client.get(url).context["sheet"]
    keys = [tick.key for tick in page.ticks]
    assert set(keys) == {"db", "redis", "web"}

    post(client, url, tickable=keys, take=["redis", "web"])

    record = UpgradeRecord.objects.get(kind="upgrade")
    assert record.after["components"]["db"]["image"] == "postgres:17"
    assert "redis" in record.after["components"]


def test_what_is_new_and_left_behind_stays_left_through_every_look(
    operator: User, copy: Application, two: TemplateVersion
) -> None:
    mounts = {"/index": {"source": "index"}}
    wider = added(two.spec, search={"image": "search:1", "mounts": mounts, "env": {"KEY": "${KEY}"}})
    spec = wider.model_copy(update={"parameters": {**wider.parameters, "KEY": Parameter(default="k")}})
    released(two.template, "1.2", spec)
    url, client = details(copy, "1.2"), SignedIn(operator)
    boxes = [tick.key for tick in client.get(url).context["sheet"].ticks]
    assert "search" in boxes

    looked = client.post(url, {"again": "yes", "tickable": boxes, "take": [box for box in boxes if box != "search"]})
    sheet = looked.context["sheet"]
    assert [tick for tick in sheet.ticks if not tick.taken] == [("search", False)]
    assert not [line for line in (*sheet.around, *sheet.parameters) if {"index", "KEY"} & set(line.row.path)]
    ticked = [tick.key for tick in sheet.ticks if tick.taken]
    post(client, url, tickable=[tick.key for tick in sheet.ticks], take=ticked)

    record = UpgradeRecord.objects.get(kind="upgrade")
    assert "search" not in record.after["components"]
    assert "index" not in record.after.get("volumes", {})
    carried_out(record)
    assert fresh(copy).installation.reads == "1.0 (3 of 4 at 1.2)"
    moved(copy, Kind.UPGRADE, TemplateVersion.objects.get(version="1.2"))
    assert fresh(copy).applied_spec() == spec


def test_what_is_needed_and_left_behind_is_said(operator: User, copy: Application, two: TemplateVersion) -> None:
    needing = changed(two.spec, "db", depends_on={"redis": {}})
    released(two.template, "1.2", needing)
    url, client = details(copy, "1.2"), SignedIn(operator)
    boxes = [tick.key for tick in client.get(url).context["sheet"].ticks]
    left = text_of(client.post(url, {"again": "yes", "tickable": boxes, "take": ["db", "web"]}))
    assert "redis is left behind: take it too, or leave db behind" in left
    assert 'id="take-redis"' in left


def test_what_moved_meanwhile_is_shown_again(operator: User, copy: Application, two: TemplateVersion) -> None:
    client = SignedIn(operator)
    shown = client.get(details(copy)).context["sheet"].plan.fingerprint
    edited(copy, "web", command=["edited"])

    answer = client.post(details(copy), {"fingerprint": shown})

    assert "Something changed since you opened this page" in text_of(answer)
    assert not UpgradeRecord.objects.filter(kind="upgrade").exists()


def test_pending_changes_of_others_are_listed(operator: User, copy: Application, two: TemplateVersion) -> None:
    edited(copy, "db", command=["postgres", "-c", "fsync=on"])

    text = text_of(SignedIn(operator).get(details(copy)))

    assert "Also in this upgrade" in text
    assert "bob" in text


def asking(copy: Application, two: TemplateVersion) -> str:
    """The page of an upgrade with a conflict and a risk."""
    theirs = changed(two.spec, "db", image="postgres:18", command=["theirs"])
    released(two.template, "1.2", theirs)
    edited(copy, "db", command=["ours"])
    return details(copy, "1.2")


def test_an_answer_moves_what_is_open_at_once(operator: User, copy: Application, two: TemplateVersion) -> None:
    url = asking(copy, two)
    client = SignedIn(operator)
    sheet = client.get(url).context["sheet"]
    assert len(sheet.open) == 2
    answered = {"fingerprint": sheet.plan.fingerprint, "conflict:components.db.command": "ours", "again": "yes"}

    part = text_of(client.post(url, answered, headers=HTMX))

    assert part.startswith('<div id="sheet"')
    assert "1 question open" in part
    assert "error-summary" not in part
    assert not UpgradeRecord.objects.filter(kind="upgrade").exists()


def test_new_volumes_are_listed(operator: User, copy: Application, two: TemplateVersion) -> None:
    page = text_of(SignedIn(operator).get(details(copy)))

    assert "Volumes and networks" in page
    assert '<span class="name"> Volume <code>cache</code>' in page


def test_what_is_blocked_cannot_be_pressed_and_is_said_in_words(
    operator: User, copy: Application, two: TemplateVersion
) -> None:
    released(two.template, "1.2", changed(two.spec, "web", depends_on={"nobody": {}}))

    page = text_of(SignedIn(operator).get(details(copy, "1.2")))

    assert "web, dependency on nobody: there is no component nobody" in page
    assert "components.web" not in page
    assert "button primary" not in page


def test_a_port_that_another_publishes_too_is_a_warning(
    operator: User, copy: Application, version_1_0: TemplateVersion, two: TemplateVersion, target: Target
) -> None:
    installed(version_1_0, target, "Staging")

    page = text_of(SignedIn(operator).get(details(copy)))

    assert "web publishes 8080/tcp, and so does web of Staging on this target" in page


def test_a_viewer_reads_what_is_asked_and_who_may_answer(viewer: User, copy: Application, two: TemplateVersion) -> None:
    page = text_of(SignedIn(viewer).get(asking(copy, two)))

    assert f"Operators of team {copy.team.name} can upgrade this." in page
    assert "Nobody has decided this yet." in page
    assert 'type="radio"' not in page
    assert 'type="checkbox"' not in page


def test_a_viewer_looks_and_does_not_store(viewer: User, copy: Application, two: TemplateVersion) -> None:
    client = SignedIn(viewer)

    assert "action-bar" not in text_of(client.get(details(copy)))
    assert client.post(details(copy), {}).status_code == 403


def test_a_stranger_does_not_know_it(stranger: User, copy: Application, two: TemplateVersion) -> None:
    client = SignedIn(stranger)

    assert client.get(details(copy)).status_code == 404
    assert client.post(details(copy), {}).status_code == 404


def test_why_a_version_is_not_offered_is_said(operator: User, copy: Application, two: TemplateVersion) -> None:
    two.template.versions.filter(pk=two.pk).update(state="withdrawn")

    assert "only released versions" in text_of(SignedIn(operator).get(details(copy)))


def test_drift_is_a_question(operator: User, copy: Application, two: TemplateVersion, tmp_path: Path) -> None:
    document = tmp_path / "repository" / copy.slug / "compose.yaml"
    document.write_text(document.read_text().replace("postgres:17", "postgres:16"))

    page = text_of(post(SignedIn(operator), details(copy)))
    assert "db was changed on the target since it was last applied" in page
    assert 'name="drift:db"' in page

    post(SignedIn(operator), details(copy), **{"drift:db": "put_back"})
    plan = UpgradeRecord.objects.latest("pk").stored_plan
    assert plan.step("db").action == "recreate"


def test_says_who_is_at_work(operator: User, copy: Application, two: TemplateVersion) -> None:
    client = SignedIn(operator)
    confirmed(client, planned(copy, two))

    assert "begun by operator" in text_of(client.get(details(copy)))


def test_no_such_version(operator: User, copy: Application) -> None:
    assert SignedIn(operator).get(details(copy, "7.0")).status_code == 404
    assert SignedIn(operator).get(details(copy, "1..0")).status_code == 404


@pytest.mark.parametrize("components", [3, 60])
def test_queries_do_not_grow(
    components: int,
    operator: User,
    version_1_0: TemplateVersion,
    target: Target,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    many = {f"part-{n}": {"image": f"part:{n}"} for n in range(components)}
    before = released(version_1_0.template, "3.0", added(WEB_AND_DB, **many))
    after = {key: {"image": f"{part['image']}.1"} for key, part in many.items()}
    released(version_1_0.template, "3.1", added(WEB_AND_DB, **after))
    application = installed(before, target, "Many")
    client = SignedIn(operator)
    client.get(details(application, "3.1"))

    with django_assert_max_num_queries(22):
        client.get(details(application, "3.1"))
