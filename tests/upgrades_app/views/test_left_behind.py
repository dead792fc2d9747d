"""What stays left out here, as the details and the confirm say it: in whole sentences."""

import pytest

from apps_app.models import Application
from config.accounts.models import User
from templates_app.models import TemplateVersion
from tests.conftest import SignedIn
from tests.upgrades_app.upgrade_helpers import carried_out
from tests.upgrades_app.views.pages import details, edited, planned, post, text_of
from upgrades_app.engine.inputs.planning_input import OperationKind

pytestmark = pytest.mark.django_db


def test_a_dependency_taken_out_here_is_told_in_whole_sentences(
    operator: User, copy: Application, next_version: TemplateVersion
) -> None:
    copy = edited(copy, "web", depends_on={})
    carried_out(planned(copy, None, OperationKind.CHANGE))
    client = SignedIn(operator)
    page = text_of(client.get(details(copy)))
    assert "the template depends on db," in page
    assert '<span class="none">removed</span>' in page
    confirm = text_of(client.get(post(client, details(copy)).headers["Location"]))
    assert "the template depends on db," in confirm
    assert "the template has )" not in confirm
