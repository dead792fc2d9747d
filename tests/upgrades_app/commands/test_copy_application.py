"""`copy_application` at the console."""

import pytest

from apps_app.models import Application
from templates_app.models import TemplateVersion
from tests.apps_app.publishing import edited
from tests.specs import changed
from tests.upgrades_app.commands.conftest import Command

pytestmark = pytest.mark.django_db


def test_a_dry_run_leaves_nothing(copy: Application, command: Command) -> None:
    for switches in ((), ("--independent",)):
        ended = command("copy_application", copy.slug, "--name", "Second", *switches, "--dry-run")
        assert ended.code == 3, ended.err
    assert Application.objects.count() == 1


def test_it_copies_and_the_copy_upgrades(copy: Application, second: TemplateVersion, command: Command) -> None:
    ended = command("copy_application", copy.slug, "--name", "Second", "--new-secrets", "--yes", "--json")
    assert (ended.code, ended.document["application"]) == (0, "second")
    assert command("upgrade", "second", "--to", "1.1", "--yes").code == 0
    assert Application.objects.get(slug="second").installation.version == second


def test_a_source_of_its_own(copy: Application, command: Command) -> None:
    ended = command("copy_application", copy.slug, "--name", "Second", "--independent")
    assert ended.code == 0
    assert Application.objects.get(slug="second").target is None


def test_what_is_refused(copy: Application, command: Command) -> None:
    assert command("copy_application", "nothing", "--name", "Second", "--yes").code == 2
    assert command("copy_application", copy.slug, "--name", "Second").code == 2
    ended = command("copy_application", copy.slug, "--name", "Second", "--team", "none", "--independent")
    assert "Team none does not exist." in ended.err
    assert Application.objects.count() == 1


def test_free_ports_take_the_place_of_taken_ones(copy: Application, command: Command) -> None:
    edited(copy, changed(copy.desired_spec(), "web", ports={"80/tcp": {"8080": {}}}))
    assert command("copy_application", copy.slug, "--name", "Second", "--free-ports", "--yes").code == 0
    assert Application.objects.get(slug="second").desired_spec().components["web"].ports["80/tcp"].keys() == {"8081"}
