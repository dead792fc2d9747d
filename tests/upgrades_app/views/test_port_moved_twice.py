"""A port that was moved here and that the template moves too."""

import pytest

from apps_app.models import Target
from config.accounts.models import User
from tests.conftest import SignedIn
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.upgrade_helpers import installed, released, template
from tests.upgrades_app.views.pages import details, edited, post, text_of
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def test_it_is_asked_which_one_holds(operator: User, target: Target) -> None:
    shop = template(target.team, "ports")
    first = released(shop, "1.0", changed(WEB_AND_DB, "web", ports={"8000/tcp": {"8080": {}}}))
    copy = installed(first, target, name="Ports")
    released(shop, "1.1", changed(WEB_AND_DB, "web", ports={"8000/tcp": {"9090": {}}}))
    edited(copy, "web", ports={"8000/tcp": {"8081": {}}})
    client = SignedIn(operator)
    page = text_of(client.get(details(copy, "1.1")))
    assert "a new value: published as 8081 or published as 9090? <span" in page
    post(client, details(copy, "1.1"), **{"conflict:components.web.ports.8000/tcp": "theirs"})
    record = UpgradeRecord.objects.get(kind="upgrade")
    assert record.after["components"]["web"]["ports"] == {"8000/tcp": {"9090": {}}}
