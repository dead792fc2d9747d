"""What somebody changed on the target: told where the component is, and put back by the road."""

from pathlib import Path

import pytest
from django.urls import reverse
from dulwich import porcelain

from apps_app.actions.observe import observe
from apps_app.models import Application
from config.accounts.models import User
from tests.conftest import SignedIn
from tests.upgrades_app.road import carried_out, fresh
from tests.upgrades_app.views.pages import edited, location, text_of
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
    asked = text_of(client.get(put_back(drifted)))
    assert "Put db back as it was applied?" in asked
    assert "applied with it" not in asked

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
