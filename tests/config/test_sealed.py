import copy
import importlib
import json
import pickle

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection
from pytest_django import Settings

from apps_app.models import Target
from config.accounts.models import KeyCheck, Team
from config.accounts.sealing.key_verification import refuse_to_serve_with_wrong_key, require_right_key
from config.accounts.sealing.rotation import rotate
from config.accounts.sealing.sealed import DOTS, Secret, WrongKey, seal, unseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored(target: Target) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM apps_app_target WHERE id = %s", [target.pk])
        return str(cursor.fetchone()[0])


@pytest.fixture
def target(team: Team) -> Target:
    return Target.objects.create(team=team, slug="engine", kind="git", secret="hunter2")


class TestSecret:
    def test_it_shows_dots_wherever_text_is_made_of_it(self) -> None:
        secret = Secret("hunter2")
        shown = [str(secret), repr(secret), f"{secret}", f"{secret:>10}", "%s" % secret, f"{[secret]}"]  # noqa: UP031
        assert all("hunter2" not in text and DOTS in text for text in shown)

    def test_it_reveals_itself_when_asked(self) -> None:
        assert Secret("hunter2").reveal() == "hunter2"

    def test_it_compares_by_what_it_holds(self) -> None:
        assert Secret("a") == Secret("a") != Secret("b")
        assert len({Secret("a"), Secret("a")}) == 1
        assert Secret("a") != "a"
        assert not Secret("")

    def test_it_does_not_travel(self) -> None:
        with pytest.raises(TypeError):
            pickle.dumps(Secret("hunter2"))
        with pytest.raises(TypeError):
            json.dumps(Secret("hunter2"))
        assert copy.deepcopy({"a": Secret("x")}) == {"a": Secret("x")}


@pytest.mark.django_db
class TestField:
    def test_the_database_holds_no_plain_text(self, target: Target) -> None:
        assert "hunter2" not in stored(target)
        assert Target.objects.get(pk=target.pk).secret.reveal() == "hunter2"

    def test_what_is_assigned_is_a_secret_at_once(self, target: Target) -> None:
        assert target.secret == Secret("hunter2")
        target.secret = "other"
        assert target.secret == Secret("other")

    def test_the_same_value_is_sealed_differently_each_time(self) -> None:
        assert seal(Secret("hunter2")) != seal(Secret("hunter2"))

    def test_it_cannot_be_searched(self, target: Target) -> None:
        with pytest.raises(FieldError, match="sealed"):
            Target.objects.filter(secret="hunter2")

    def test_a_fixture_holds_it_sealed_and_gives_it_back(self, target: Target) -> None:
        exported = serializers.serialize("json", [target])
        assert "hunter2" not in exported
        target.delete()
        for deserialized_object in serializers.deserialize("json", exported):
            deserialized_object.save()
        assert Target.objects.get(slug="engine").secret.reveal() == "hunter2"


@pytest.mark.django_db
class TestKeys:
    def test_an_earlier_key_still_opens(self, settings: Settings) -> None:
        settings.SECRET_KEYS = [OLD]
        sealed = seal(Secret("hunter2"))
        settings.SECRET_KEYS = [NEW, OLD]
        assert unseal(sealed).reveal() == "hunter2"

    def test_after_rotation_the_earlier_key_can_be_dropped(self, team: Team, settings: Settings) -> None:
        settings.SECRET_KEYS = [OLD]
        target = Target.objects.create(team=team, slug="engine", kind="git", secret="hunter2")
        require_right_key()
        settings.SECRET_KEYS = [NEW, OLD]
        assert rotate() == 2
        settings.SECRET_KEYS = [NEW]
        require_right_key()
        assert Target.objects.get(pk=target.pk).secret.reveal() == "hunter2"

    def test_a_wrong_key_is_told_at_start(self, settings: Settings) -> None:
        settings.SECRET_KEYS = [OLD]
        require_right_key()
        require_right_key()
        assert KeyCheck.objects.count() == 1
        settings.SECRET_KEYS = [NEW]
        with pytest.raises(WrongKey, match="sealed with a key that .* does not hold"):
            require_right_key()


@pytest.mark.django_db
class TestServing:
    def test_no_server_starts_with_a_wrong_key(self, settings: Settings) -> None:
        KeyCheck.objects.create(pk=1, sealed=Fernet(OLD).encrypt(b"uplift").decode())
        settings.SECRET_KEYS = [NEW]
        with pytest.raises(WrongKey):
            importlib.import_module("config.wsgi")
        settings.SECRET_KEYS = [NEW, OLD]
        assert callable(importlib.import_module("config.wsgi").application)
        assert callable(importlib.import_module("config.asgi").application)

    def test_a_database_that_is_not_there_yet_is_the_health_pages_matter(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE accounts_keycheck RENAME TO elsewhere")
        refuse_to_serve_with_wrong_key()
