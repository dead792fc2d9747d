"""The door: a pause after too many wrong tries, for that person at that place."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from config.accounts.models import AuditEntry, SignInAttempt, User
from config.accounts.sessions import throttle
from config.tasks import forget_sessions
from tests.conftest import SignedIn
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIMIT = throttle.LIMITS["both"]


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(username="ada", email="ada@shop.example")
    return user


def enters(client: Client, name: str = "ada", password: str = "wrong", address: str = "192.0.2.1") -> str:
    """What the page says; nothing when it lets in."""
    answer = client.post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address)
    return "" if answer.status_code == 302 else answer.text


def test_after_so_many_wrong_tries_the_right_password_waits_too(ada: User, client: Client) -> None:
    data = [enters(client) for _ in range(LIMIT + 1)]
    assert all("do not belong together" in name for name in data[:LIMIT])
    assert "Too many tries. Try again in 15 minutes." in data[LIMIT]
    assert "Too many tries" in enters(client, password="secret")


def test_another_place_and_another_person_do_not_wait(ada: User, client: Client) -> None:
    UserFactory.create(username="bob")
    for _ in range(LIMIT + 1):
        enters(client)
    assert enters(client, "bob", "secret") == ""
    client.logout()
    assert enters(client, password="secret", address="192.0.2.2") == ""


def test_the_pause_ends_also_for_who_goes_on_trying(ada: User, client: Client) -> None:
    for _ in range(LIMIT + 3):
        enters(client)
    assert SignInAttempt.objects.count() == LIMIT
    SignInAttempt.objects.update(at=timezone.now() - throttle.WINDOW - timedelta(seconds=1))
    assert enters(client, password="secret") == ""


def test_the_right_password_forgives_what_was_before(ada: User, client: Client) -> None:
    for _ in range(LIMIT - 1):
        enters(client)
    assert enters(client, password="secret") == ""
    assert not SignInAttempt.objects.exists()


def test_guesses_spread_over_many_addresses_are_counted_together(ada: User, client: Client) -> None:
    for n in range(throttle.LIMITS["name"]):
        enters(client, "ada" if n % 2 else "ADA", address=f"198.51.100.{n}")
    assert "Too many tries" in enters(client, address="203.0.113.1")


def test_names_that_nobody_has_are_answered_alike(ada: User, client: Client) -> None:
    known, unknown = ([enters(client, name) for _ in range(LIMIT + 1)] for name in ("ada", "nobody"))
    assert [("Too many" in text) for text in known] == [("Too many" in text) for text in unknown]
    assert "do not belong together" in unknown[0]


def test_no_name_is_kept(ada: User, client: Client) -> None:
    enters(client, "my-password-in-the-wrong-field")
    assert "password" not in str(SignInAttempt.objects.values())


@pytest.mark.parametrize(
    ("behind", "forwarded", "counted"),
    [
        (False, "203.0.113.9", "192.0.2.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (True, "", "192.0.2.1"),
    ],
)
def test_the_address_is_what_our_own_proxy_saw(behind: bool, forwarded: str, counted: str, settings: Settings) -> None:
    settings.BEHIND_PROXY = behind
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1")
    assert throttle.address_of(request) == counted


def test_links_to_a_new_password_are_not_sent_without_end(ada: User, client: Client, mailoutbox: list[object]) -> None:
    answers = [client.post("/password/reset/", {"email": ada.email}) for _ in range(LIMIT + 1)]
    assert [response.status_code for response in answers] == [*[302] * LIMIT, 200]
    assert len(mailoutbox) == LIMIT
    assert "Too many tries" in answers[-1].text


def test_a_page_that_can_send_no_mail_says_so(client: Client, settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    page = client.get("/password/reset/").text
    assert "sends no mail" in page
    assert "<form" not in page


def test_a_password_is_changed_and_reset_for_all_to_see(ada: User, client: Client, mailoutbox: list[object]) -> None:
    new = {"new_password1": "correct-horse-7", "new_password2": "correct-horse-7"}
    assert SignedIn(ada).post("/password/", {"old_password": "secret", **new}).status_code == 302
    client.post("/password/reset/", {"email": ada.email})
    link = next(word for word in str(getattr(mailoutbox[0], "body", "")).split() if "/password/reset/" in word)
    form = client.get(link.partition("testserver")[2], follow=True)
    last = dict.fromkeys(new, "another-horse-8")
    assert client.post(form.request["PATH_INFO"], last).status_code == 302
    assert [entry.verb for entry in AuditEntry.objects.about(ada)] == ["reset the password", "changed the password"]
    assert enters(client, password="another-horse-8") == ""


def test_the_admin_has_no_door_of_its_own(client: Client, ada: User, superuser: User) -> None:
    assert client.get("/admin/accounts/", follow=True).redirect_chain[-1] == ("/login/?next=/admin/accounts/", 302)
    assert SignedIn(superuser).get("/admin/login/")["Location"] == "/admin/"
    turned_away = SignedIn(ada).get("/admin/", follow=True)
    assert turned_away.status_code == 403
    assert "ada is no administrator" in turned_away.text


def test_a_session_ends(ada: User, client: Client, settings: Settings) -> None:
    assert settings.SESSION_COOKIE_AGE == 12 * 3600
    enters(client, password="secret")
    assert client.session.get_expiry_age() <= settings.SESSION_COOKIE_AGE
    assert client.get("/audit/").status_code == 403
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/audit/")["Location"] == "/login/?next=/audit/"


def test_ended_sessions_are_forgotten(ada: User, client: Client) -> None:
    enters(client, password="secret")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    forget_sessions(timestamp=0)
    assert not Session.objects.exists()


def test_what_was_sent_after_being_signed_out_is_said_to_be_lost(owner: User, client: Client) -> None:
    answer = client.post("/apps/new/", {"name": "Lost"})
    assert answer.headers["Location"].startswith("/login/")
    client.force_login(owner)
    assert "what you sent was not saved" in client.get("/apps/").text
    assert "what you sent was not saved" not in client.get("/apps/").text


def test_looking_and_leaving_lose_nothing(owner: User, client: Client) -> None:
    client.get("/apps/")
    client.post("/logout/")
    client.force_login(owner)
    assert "not saved" not in client.get("/apps/").text
