"""A secret that nobody typed is shown to an operator who gives the password again: once, and audited."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps_app.models import Application, Value
from config.accounts.models import AuditEntry, Team, User
from config.accounts.sessions import reauthentication, throttle
from tests.conftest import SignedIn
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB

pytestmark = pytest.mark.django_db
MADE = "mX3-generated-and-unread"
PASSWORD = "secret"
SHOW = reverse("apps:secret", args=["shop", "DB_PASSWORD"])
SETTINGS = reverse("apps:settings", args=["shop"])


@pytest.fixture(autouse=True)
def shop(team: Team) -> Application:
    created = application(
        WEB_AND_DB, applied=WEB_AND_DB, team=team, slug="shop", name="Shop live", target=TargetFactory.create(team=team)
    )
    Value.objects.create(application=created, name="DB_PASSWORD", secret=True, desired=MADE, applied=MADE)
    Value.objects.create(application=created, name="WORKERS", desired="8", applied="8")
    return created


def shown(client: Client, password: str | None = PASSWORD) -> HttpResponse:
    return client.post(SHOW, {} if password is None else {"password": password})  # type: ignore[return-value]


def revealed() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(verb="revealed").values_list("actor", "label"))


def test_an_operator_sees_it_in_the_answer_which_is_kept_nowhere(operator: User) -> None:
    answer = shown(SignedIn(operator))
    assert MADE in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert revealed() == [("operator", "DB_PASSWORD of Shop live")]
    entry = AuditEntry.objects.get(verb="revealed")
    assert (entry.application, entry.url) == ("shop", "/apps/shop/")
    assert MADE not in f"{entry.data}{entry.label}"


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("stranger", 404)])
def test_who_may_not_is_shown_nothing_and_leaves_no_entry(
    who: str, status: int, request: pytest.FixtureRequest
) -> None:
    client = SignedIn(request.getfixturevalue(who))
    for answer in (client.get(SHOW), shown(client)):
        assert answer.status_code == status
        assert MADE not in answer.content.decode()
    assert revealed() == []


def test_a_viewer_is_not_offered_it_and_an_operator_is(viewer: User, operator: User) -> None:
    assert SHOW not in SignedIn(viewer).get(SETTINGS).content.decode()
    assert SHOW in SignedIn(operator).get(SETTINGS).content.decode()


def test_asking_for_the_page_shows_and_notes_nothing(operator: User) -> None:
    answer = SignedIn(operator).get(SHOW)
    assert "Show DB_PASSWORD of Shop live?" in answer.content.decode()
    assert 'name="password"' in answer.content.decode()
    assert MADE not in answer.content.decode()
    assert revealed() == []


@pytest.mark.parametrize("password", [None, "", "wrong", "Secret "])
def test_without_the_right_password_it_stays_sealed(operator: User, password: str | None) -> None:
    answer = shown(SignedIn(operator), password)
    assert answer.status_code == 200
    assert MADE not in answer.text
    assert revealed() == []


def test_the_password_holds_for_five_minutes_in_that_session(operator: User) -> None:
    client = SignedIn(operator)
    shown(client)
    assert 'name="password"' not in client.get(SHOW).content.decode()
    assert MADE in shown(client, None).text
    assert MADE not in shown(SignedIn(operator), None).text
    session = client.session
    session[reauthentication.KEY] = (timezone.now() - reauthentication.GRACE - timedelta(seconds=1)).timestamp()
    session.save()
    assert MADE not in shown(client, None).text
    assert len(revealed()) == 2


def test_a_time_in_the_future_is_no_password(operator: User) -> None:
    client = SignedIn(operator)
    session = client.session
    session[reauthentication.KEY] = (timezone.now() + timedelta(hours=1)).timestamp()
    session.save()
    assert MADE not in shown(client, None).text


def test_after_so_many_wrong_tries_the_right_one_waits_too_as_at_the_door(operator: User) -> None:
    client = SignedIn(operator)
    for _ in range(throttle.LIMITS["both"]):
        assert "This is not your password." in shown(client, "wrong").text
    answer = shown(client)
    assert "Too many tries. Try again in 15 minutes." in answer.text
    assert MADE not in answer.text
    door = Client().post("/login/", {"username": operator.username, "password": PASSWORD})
    assert "Too many tries" in door.content.decode()


def test_a_form_of_another_site_shows_nothing(operator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    assert shown(client).status_code == 403
    assert revealed() == []


def test_no_other_page_has_it(operator: User, shop: Application) -> None:
    client = SignedIn(operator)
    shown(client)
    pages = ["/", SETTINGS, SHOW, shop.get_absolute_url(), reverse("apps:components", args=["shop"])]
    pages += [reverse("apps:component", args=["shop", key]) for key in ("web", "db")]
    pages += [reverse("upgrades:changes", args=["shop"]), reverse("apps:values", args=["shop"])]
    for page in pages:
        assert MADE not in client.get(page).content.decode(), page


def test_both_are_shown_while_the_new_one_is_not_applied(operator: User, shop: Application) -> None:
    shop.values.filter(name="DB_PASSWORD").update(desired="the-next-one")
    page = shown(SignedIn(operator)).text
    assert page.index("not applied yet") < page.index("the-next-one") < page.index("As the target has it")
    assert MADE in page


def test_what_is_no_secret_or_not_there_is_refused_in_words(operator: User) -> None:
    client = SignedIn(operator)
    page = client.post(reverse("apps:secret", args=["shop", "WORKERS"]), {"password": PASSWORD}).content.decode()
    assert "WORKERS is no secret" in page
    page = client.post(reverse("apps:secret", args=["shop", "NOTHING"]), {"password": PASSWORD}).content.decode()
    assert "Shop live has no value of NOTHING." in page
    assert revealed() == []


def test_a_value_is_text_and_no_markup(operator: User, shop: Application) -> None:
    shop.values.filter(name="DB_PASSWORD").update(desired="<b>&\nline two", applied=None)
    assert "&lt;b&gt;&amp;\nline two</pre>" in shown(SignedIn(operator)).text
