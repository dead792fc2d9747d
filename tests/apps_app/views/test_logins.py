"""Logins of registries: owners keep them, nobody sees a password, targets of that team alone use them."""

import pytest
from django.urls import reverse

from apps_app.actions.save_registry_login import read_host, save_login
from apps_app.models import RegistryLogin, Target
from apps_app.models.registry_login import logins_of
from config.accounts.access.actor import Actor
from config.accounts.models import AuditEntry, Team, User
from config.accounts.sealing.sealed import Secret
from config.errors import Refused
from tests.conftest import SignedIn
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db
PASSWORD = "let-me-pull-4711"


@pytest.fixture
def login(team: Team, owner: User) -> RegistryLogin:
    return save_login(Actor.of(owner), team=team, host="registry.example", username="puller", password=Secret(PASSWORD))


def given(team: Team, **changes: str) -> dict[str, str]:
    return {"team": str(team.pk), "host": "registry.example", "username": "puller", "password": PASSWORD, **changes}


def test_an_owner_adds_one_and_no_page_shows_its_password(team: Team, owner: User) -> None:
    client = SignedIn(owner)
    answer = client.post(reverse("apps:login-save"), given(team), follow=True)
    text = answer.content.decode()
    assert "Targets of Shop sign in to registry.example as puller" in text
    assert PASSWORD not in text
    assert PASSWORD not in str(list(AuditEntry.objects.values()))
    login = RegistryLogin.objects.get()
    assert login.password.reveal() == PASSWORD
    admin = reverse("admin:apps_app_registrylogin_change", args=[login.pk])
    User.objects.filter(pk=owner.pk).update(is_staff=True, is_superuser=True)
    shown = client.get(admin)
    assert shown.status_code == 200
    assert PASSWORD not in shown.content.decode()


def test_saving_again_replaces_it(login: RegistryLogin, team: Team, owner: User) -> None:
    form = SignedIn(owner).get(reverse("apps:login-save"), {"host": "registry.example", "username": "puller"})
    assert "registry.example" in form.content.decode()
    SignedIn(owner).post(reverse("apps:login-save"), given(team, password="another"))
    assert RegistryLogin.objects.get().password.reveal() == "another"
    assert [item.verb for item in AuditEntry.objects.about(login).order_by("pk")] == ["added", "changed"]


def test_what_is_no_host_is_refused_in_words(team: Team, owner: User) -> None:
    answer = SignedIn(owner).post(reverse("apps:login-save"), given(team, host="my registry"))
    assert answer.status_code == 200
    assert "is no registry: write its host" in answer.content.decode()
    assert not RegistryLogin.objects.exists()


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://index.docker.io/v1/", "docker.io"),
        ("Registry.Example:5000", "registry.example:5000"),
        ("localhost", "localhost"),
    ],
)
def test_hosts_are_as_image_names_have_them(text: str, host: str) -> None:
    assert read_host(text) == host


@pytest.mark.parametrize("text", ["", "team", "a b.c", "https://", "-.x"])
def test_others_are_none(text: str) -> None:
    with pytest.raises(Refused):
        read_host(text)


def test_it_is_removed_after_a_question(login: RegistryLogin, owner: User) -> None:
    url = reverse("apps:login-remove", args=[login.pk])
    assert "without a login from now on" in SignedIn(owner).get(url).content.decode()
    assert RegistryLogin.objects.exists()
    SignedIn(owner).post(url)
    assert not RegistryLogin.objects.exists()


def test_operators_may_look_and_strangers_must_not_know(
    login: RegistryLogin, operator: User, stranger: User, team: Team
) -> None:
    remove, listed = reverse("apps:login-remove", args=[login.pk]), reverse("apps:logins")
    shown = SignedIn(operator).get(listed).content.decode()
    assert "registry.example" in shown
    assert remove not in shown
    assert SignedIn(operator).post(remove).status_code == 403
    assert SignedIn(operator).post(reverse("apps:login-save"), given(team)).status_code == 403
    assert "registry.example" not in SignedIn(stranger).get(listed).content.decode()
    assert SignedIn(stranger).post(remove).status_code == 404
    form = SignedIn(stranger).post(reverse("apps:login-save"), given(team))
    assert form.status_code == 200
    assert RegistryLogin.objects.get() == login


def test_a_target_has_the_logins_of_its_own_team(login: RegistryLogin, team: Team) -> None:
    other: Team = TeamFactory.create(slug="other")
    assert logins_of(other.pk) == {}
    target = Target.objects.create(team=team, slug="engine", kind="docker", config={"address": "unix:///none.sock"})
    known = target.driver()._engine.address.logins  # type: ignore[attr-defined]  # what it speaks through
    assert {host: item.username for host, item in known.items()} == {"registry.example": "puller"}
