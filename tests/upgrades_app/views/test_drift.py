"""What somebody changed on the target: told where the component is, and put back by the road."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from dulwich import porcelain

from apps_app.actions.refresh_observations import observe
from apps_app.models import Application
from config.accounts.models import User
from tests.conftest import SignedIn
from tests.upgrades_app.road import carried_out, fresh
from tests.upgrades_app.views.pages import HTMX, edited, location, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def put_back(application: Application, key: str = "db") -> str:
    return reverse("upgrades:put-back", args=[application.slug, key])


def component(application: Application, key: str = "db") -> str:
    return reverse("apps:component", args=[application.slug, key])


@pytest.fixture
def drifted(copy: Application, tmp_path: Path) -> Application:
    """Its db has another image in the repository, and that was seen."""
    document = tmp_path / "repository" / copy.slug / "compose.yaml"
    document.write_text(document.read_text().replace("postgres:17", "postgres:16"))
    repository = str(tmp_path / "repository")
    porcelain.add(repository, [str(document)])
    porcelain.commit(repository, message=b"Try 16", author=b"eve <eve@x>", committer=b"eve <eve@x>")
    assert observe(copy) == ""
    return fresh(copy)


def test_the_component_says_so_and_leads_there(operator: User, drifted: Application) -> None:
    page = text_of(SignedIn(operator).get(component(drifted)))
    assert "db was changed on the target since it was applied." in page
    assert put_back(drifted) in page
    assert "was changed on the target" not in text_of(SignedIn(operator).get(component(drifted, "web")))
    assert put_back(drifted) in text_of(SignedIn(operator).get(reverse("apps:state", args=[drifted.slug])))


def test_a_viewer_is_told_and_cannot(viewer: User, stranger: User, drifted: Application) -> None:
    page = text_of(SignedIn(viewer).get(component(drifted)))
    assert "db was changed on the target since it was applied." in page
    assert put_back(drifted) not in page
    assert SignedIn(viewer).post(put_back(drifted)).status_code == 403
    assert SignedIn(stranger).get(put_back(drifted)).status_code == 404
    assert not UpgradeRecord.objects.filter(kind="change").exists()


def test_putting_back_goes_by_the_road(operator: User, drifted: Application, tmp_path: Path) -> None:
    client = SignedIn(operator)
    requested = text_of(client.get(put_back(drifted)))
    assert "Put db back as it was applied?" in requested
    assert "applied with it" not in requested

    answer = client.post(put_back(drifted))
    record = UpgradeRecord.objects.get(kind="change")
    assert location(answer) == reverse("upgrades:confirm", args=[record.pk])
    assert record.stored_plan.step("db").action == "recreate"
    assert record.stored_plan.step("web").action == "nothing"

    finished = carried_out(record)
    assert finished.succeeded, (finished.result, finished.reference)
    assert "postgres:17" in (tmp_path / "repository" / drifted.slug / "compose.yaml").read_text()
    assert observe(drifted) == ""
    assert put_back(drifted) not in text_of(client.get(component(drifted)))


def test_what_is_applied_with_it_is_said(operator: User, drifted: Application) -> None:
    edited(drifted, "web", command=["serve", "--fast"])
    assert "What was edited and not applied yet is applied with it." in text_of(
        SignedIn(operator).get(put_back(drifted))
    )


def test_where_nothing_differs_any_more_it_is_refused(operator: User, copy: Application) -> None:
    answer = SignedIn(operator).post(put_back(copy))
    assert "db is on the target as it was applied; there is nothing to put back." in text_of(answer)
    assert not UpgradeRecord.objects.filter(kind="change").exists()


def drift(application: Application, key: str = "db") -> str:
    return reverse("upgrades:drift", args=[application.slug, key])


def keep(application: Application, key: str = "db") -> str:
    return reverse("upgrades:keep", args=[application.slug, key])


def kept(client: SignedIn, application: Application) -> Any:
    """Looked at, and posted as the page says."""
    match = re.search(r'name="seen" value="([^"]+)"', text_of(client.get(keep(application))))
    assert match is not None
    return client.post(keep(application), {"seen": match[1]})


def test_each_field_is_shown_against_what_was_applied(viewer: User, stranger: User, drifted: Application) -> None:
    page = text_of(SignedIn(viewer).get(drift(drifted)))
    assert "<del>postgres:17</del>" in page
    assert "<ins>postgres:16</ins>" in page
    assert put_back(drifted) not in page
    assert keep(drifted) not in page
    assert SignedIn(stranger).get(drift(drifted)).status_code == 404


def test_the_comparison_is_a_part_of_the_components_page_too(operator: User, drifted: Application) -> None:
    client = SignedIn(operator)
    assert f'hx-get="{drift(drifted)}"' in text_of(client.get(component(drifted)))
    part = text_of(client.get(drift(drifted), headers=HTMX))
    assert part.startswith('<div id="drift"')
    assert "<ins>postgres:16</ins>" in part
    assert keep(drifted) in part


def test_what_is_as_applied_is_said_to_be(operator: User, copy: Application) -> None:
    page = text_of(SignedIn(operator).get(drift(copy)))
    assert "db is on the target as it was applied." in page
    assert put_back(copy) not in page


def test_keeping_is_asked_and_asking_changes_nothing(operator: User, drifted: Application) -> None:
    page = text_of(SignedIn(operator).get(keep(drifted)))
    assert "Keep db as it is on the target?" in page
    assert "Image postgres:17 → postgres:16" in page
    assert "Nothing is restarted: the target is so already." in page
    assert fresh(drifted).desired_spec().components["db"].image == "postgres:17"


def test_keeping_makes_it_ones_own(operator: User, drifted: Application) -> None:
    client = SignedIn(operator)
    assert location(kept(client, drifted)) == component(drifted)
    page = text_of(client.get(component(drifted)))
    assert "db is kept as it is on the target: 1 change is your own now." in page
    assert "was changed on the target" not in page
    assert "Changed here" in page
    assert "Not applied yet" not in page


def test_what_moved_since_is_not_kept(operator: User, drifted: Application, tmp_path: Path) -> None:
    answer = SignedIn(operator).post(keep(drifted), {"seen": "of something else"})
    assert "db is something else on the target by now. Look at it again." in text_of(answer)
    assert fresh(drifted).desired_spec().components["db"].image == "postgres:17"


def test_only_operators_keep(viewer: User, stranger: User, drifted: Application) -> None:
    for method in ("get", "post"):
        assert getattr(SignedIn(viewer), method)(keep(drifted)).status_code == 403
        assert getattr(SignedIn(stranger), method)(keep(drifted)).status_code == 404
    assert fresh(drifted).desired_spec().components["db"].image == "postgres:17"


def test_where_nothing_can_be_kept_there_is_no_button(operator: User, copy: Application) -> None:
    page = text_of(SignedIn(operator).get(keep(copy)))
    assert "There is nothing that could be kept." in page
    assert ">Keep</button>" not in page


def test_a_target_that_does_not_answer_is_said_to(operator: User, drifted: Application, tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").rename(tmp_path / "gone")
    client = SignedIn(operator)
    for page in (drift(drifted), keep(drifted), put_back(drifted)):
        assert "does not answer" in text_of(client.get(page))


def test_a_component_that_was_never_applied_has_nothing_to_compare(operator: User, copy: Application) -> None:
    copy.components.filter(key="db").update(applied=None)
    assert "Nothing of db is on a target yet." in text_of(SignedIn(operator).get(drift(copy)))
    assert SignedIn(operator).get(drift(copy, "nothing")).status_code == 404
