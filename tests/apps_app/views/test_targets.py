"""Targets as people use them: added, tested, changed, removed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps_app.models import Busy, Target
from config.accounts.models import AuditEntry, Team, User
from tests.factories import ApplicationFactory, TargetFactory

type SignIn = Callable[[User], Client]


@pytest.fixture
def files(team: Team, tmp_path: Path) -> Target:
    target: Target = TargetFactory.create(
        team=team, slug="files", kind="git", config={"path": str(tmp_path / "files"), "branch": "main"}
    )
    return target


def at(target: Target, what: str) -> str:
    return reverse(f"apps:target-{what}", args=[target.team.slug, target.slug])


def test_targets_are_seen_by_their_team(team: Team, client_of: SignIn, viewer: User, stranger: User) -> None:
    target = TargetFactory.create(team=team, slug="files")
    url = target.get_absolute_url()
    assert "files" in client_of(viewer).get(reverse("apps:targets")).text
    assert client_of(viewer).get(url).status_code == 200
    assert "files" not in client_of(stranger).get(reverse("apps:targets")).text
    assert client_of(stranger).get(url).status_code == 404
    edit = reverse("apps:target-edit", args=[team.slug, "files"])
    assert client_of(viewer).get(edit).status_code == 403
    assert client_of(stranger).get(edit).status_code == 404


def test_an_owner_adds_a_git_target(team: Team, client_of: SignIn, owner: User, tmp_path: Path) -> None:
    client, url = client_of(owner), reverse("apps:target-new")
    wrong = {"slug": "files", "team": team.pk, "config-path": str(tmp_path / "repo"), "config-branch": "bad..name"}
    page = client.post(url, wrong)
    assert page.status_code == 200
    assert "cannot be used" in page.text
    assert not Target.objects.filter(slug="files").exists()
    page = client.post(url, wrong | {"config-branch": "main"}, follow=True)
    target = Target.objects.get(slug="files")
    assert target.config["path"] == str(tmp_path / "repo")
    assert "it starts nothing" in page.text
    assert AuditEntry.objects.about(target).get().verb == "created"


def test_an_operator_adds_no_target(team: Team, client_of: SignIn, operator: User) -> None:
    page = client_of(operator).post(reverse("apps:target-new"), {"slug": "files", "team": team.pk, "config-path": "x"})
    assert page.status_code == 403
    assert "Only owners of a team may add a target" in page.text
    assert reverse("apps:target-new") not in client_of(operator).get(reverse("apps:targets")).text
    assert not Target.objects.filter(slug="files").exists()


def test_a_target_that_does_not_answer_says_why(team: Team, client_of: SignIn, viewer: User, tmp_path: Path) -> None:
    (tmp_path / "repo").write_text("not a folder")
    target = TargetFactory.create(team=team, kind="git", config={"path": str(tmp_path / "repo")})
    page = client_of(viewer).get(target.get_absolute_url())
    assert not page.context["answer"].good
    assert "Does not answer" in page.text


def test_three_people_and_a_removal(
    files: Target, client_of: SignIn, owner: User, operator: User, stranger: User
) -> None:
    url = at(files, "remove")
    assert client_of(operator).get(url).status_code == client_of(operator).post(url).status_code == 403
    assert client_of(stranger).post(url).status_code == 404
    assert url not in client_of(operator).get(files.get_absolute_url()).text
    client = client_of(owner)
    assert url in client.get(files.get_absolute_url()).text
    assert "What was written there stays as it is" in client.get(url).text
    assert Target.objects.filter(pk=files.pk).exists()
    assert client.post(url, follow=True).redirect_chain == [(reverse("apps:targets"), 302)]
    assert not Target.objects.filter(pk=files.pk).exists()
    entry = AuditEntry.objects.get(verb="removed")
    assert (entry.actor, entry.label, entry.data) == ("owner", "files", {"kind": "git"})


def test_a_target_in_use_stays_and_says_by_whom(files: Target, team: Team, client_of: SignIn, owner: User) -> None:
    ApplicationFactory.create(team=team, target=files, name="Shop")
    client, url = client_of(owner), at(files, "remove")
    assert "Shop is on it" in client.get(url).text
    assert "Remove</button>" not in client.get(url).text
    assert "Shop is on it" in client.post(url).text
    assert Target.objects.filter(pk=files.pk).exists()
    assert not AuditEntry.objects.filter(verb="removed").exists()


def test_it_is_tested_before_it_is_saved(
    files: Target, team: Team, client_of: SignIn, owner: User, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("no folder")
    client = client_of(owner)
    sent = {"slug": "other", "team": team.pk, "config-branch": "main", "test": "yes"}
    assert (
        "It answers: 0 applications"
        in client.post(reverse("apps:target-new"), {**sent, "config-path": str(tmp_path / "new")}).text
    )
    refused = client.post(at(files, "edit"), {**sent, "config-path": str(tmp_path / "taken")}).text
    assert "It does not answer:" in refused
    assert "has to lie in" in client.post(at(files, "edit"), {**sent, "config-path": "/etc"}).text
    assert Target.objects.get(slug="files").config["path"] == str(tmp_path / "files")
    assert not Target.objects.filter(slug="other").exists()


def test_no_owner_speaks_through_the_servers_own_socket(team: Team, client_of: SignIn, owner: User) -> None:
    sent = {"slug": "engine", "team": team.pk, "config-address": "unix:///var/run/docker.sock", "config-gate": "1s"}
    for press in ({"test": "yes"}, {}):
        page = client_of(owner).post(f"{reverse('apps:target-new')}?kind=docker", {**sent, **press}).text
        assert "only a superuser may add or change such a target" in page
        assert "It answers" not in page
        assert "It does not answer" not in page
    assert not Target.objects.filter(slug="engine").exists()


def test_a_folder_elsewhere_or_of_another_target_is_refused(
    files: Target, team: Team, client_of: SignIn, owner: User, tmp_path: Path
) -> None:
    client, url = client_of(owner), reverse("apps:target-new")
    sent = {"slug": "other", "team": team.pk, "config-branch": "main"}
    assert "has to lie in" in client.post(url, {**sent, "config-path": "/etc/cron.d"}).text
    for path in (tmp_path / "files", tmp_path / "files" / "inner", tmp_path):
        assert "that of another target" in client.post(url, {**sent, "config-path": str(path)}).text
    assert not Target.objects.filter(slug="other").exists()
    assert (
        client.post(at(files, "edit"), {"config-path": str(tmp_path / "files"), "config-branch": "live"}).status_code
        == 302
    )
    assert Target.objects.get(slug="files").config["branch"] == "live"


def test_it_is_not_changed_while_a_record_is_at_work_there(
    files: Target, team: Team, client_of: SignIn, owner: User
) -> None:
    application = ApplicationFactory.create(team=team, target=files, name="Shop")
    Busy.objects.create(application=application, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="ada")
    page = client_of(owner).post(at(files, "edit"), {"config-path": "git/other", "config-branch": "main"})
    assert "Upgrade 1.0 → 1.1 of Shop is at work on files" in page.text
    assert Target.objects.get(slug="files").config == files.config
