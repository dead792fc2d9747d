"""outdated: who is behind, at how many queries, and who may know."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps_app.models import Application, Installation, Target
from config.accounts.models import User
from templates_app.models import AppTemplate, TemplateVersion
from tests.factories import TemplateVersionFactory, application
from tests.specs import WEB_AND_DB
from tests.upgrades_app.commands.conftest import Command
from tests.upgrades_app.road import upgraded

pytestmark = pytest.mark.django_db


def test_nobody_is_behind(command: Command, copy: Application) -> None:
    ended = command("outdated")
    assert (ended.code, ended.out) == (0, "Every installation is up to date.\n")
    assert command("outdated", "--json").document == {"ok": True, "installations": []}


def test_the_newest_that_its_channel_takes(
    command: Command, copy: Application, second: TemplateVersion, shop: AppTemplate
) -> None:
    TemplateVersionFactory.create(template=shop, version="1.10")
    TemplateVersionFactory.create(template=shop, version="1.9")
    TemplateVersionFactory.create(template=shop, version="2.0rc1")
    TemplateVersionFactory.create(template=shop, version="3.0", state="draft")
    ended = command("outdated", "--template", "shop")
    assert (ended.code, ended.out) == (3, "copy  Shop 1.0 → 1.10\n")
    Installation.objects.update(channel="all")
    assert command("outdated").out == "copy  Shop 1.0 → 2.0rc1\n"


def test_it_ends_once_all_are_upgraded(command: Command, copy: Application, second: TemplateVersion) -> None:
    assert command("outdated").code == 3
    upgraded(copy, second)
    assert command("outdated").code == 0


def test_of_one_template_only(command: Command, copy: Application, second: TemplateVersion) -> None:
    other = TemplateVersionFactory.create(template__slug="other").template
    assert command("outdated", "--template", other.slug).code == 0
    assert command("outdated", "--template", "nothing").code == 2


def test_a_stranger_sees_none(
    command: Command, copy: Application, second: TemplateVersion, viewer: User, stranger: User
) -> None:
    assert command("outdated", "--as", viewer.username).code == 3
    assert command("outdated", "--as", stranger.username).out == "Every installation is up to date.\n"


def test_many_take_no_more_queries(
    command: Command, files: Target, first: TemplateVersion, second: TemplateVersion
) -> None:
    def queries(number: int) -> int:
        for _ in range(number):
            created = application(WEB_AND_DB, applied=WEB_AND_DB, team=files.team, target=files)
            Installation.objects.create(application=created, template=first.template, version=first)
        with CaptureQueriesContext(connection) as context:
            assert len(command("outdated", "--json").document["installations"]) >= number
        return len(context)

    queries(1)  # the first command of a process also looks at the key
    assert queries(2) == queries(20)
