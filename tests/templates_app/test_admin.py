"""The admin mends drafts and only shows what was released."""

import json

import pytest
from django.test import Client

from config.accounts.models import AuditEntry, User
from templates_app.appspec.schema.serialize import digest
from templates_app.models import SyncRecord, TemplateVersion
from tests.conftest import SignedIn
from tests.factories import TemplateVersionFactory
from tests.specs import WITH_REDIS

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(superuser: User, client_of: type[SignedIn]) -> Client:
    return client_of(superuser)


def page(version: TemplateVersion) -> str:
    return f"/admin/templates_app/templateversion/{version.pk}/change/"


def test_a_drafts_document_is_pretty_printed_and_mended_with_its_digest(visitor: Client) -> None:
    draft = TemplateVersionFactory.create(state="draft")
    assert '"image": "postgres:17"' in visitor.get(page(draft)).content.decode().replace("&quot;", '"')
    answer = visitor.post(page(draft), {"alias": "", "notes": "", "document": json.dumps(WITH_REDIS.plain)})
    assert answer.status_code == 302
    mended = TemplateVersion.objects.get()
    assert set(mended.spec.components) == {"web", "db", "redis"}
    assert mended.digest == digest(WITH_REDIS)
    assert AuditEntry.objects.get(verb="edited in admin").data["fields"] == ["document"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "not JSON"),
        ('{"components": {"web": {"image": "web", "colour": "red"}}}', "components.web.colour: is not known here"),
        ('{"components": {"web": {"depends_on": {"db": {}}}}}', "there is no component db"),
    ],
)
def test_every_fault_of_a_document_is_an_error_of_the_form(visitor: Client, document: str, said: str) -> None:
    draft = TemplateVersionFactory.create(state="draft")
    answer = visitor.post(page(draft), {"document": document})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert TemplateVersion.objects.get().digest == draft.digest


def test_a_released_document_is_shown_and_not_altered(visitor: Client) -> None:
    released = TemplateVersionFactory.create()
    html = visitor.get(page(released)).content.decode()
    assert "postgres:17" in html
    assert 'name="document"' not in html
    answer = visitor.post(page(released), {"alias": "Spring", "notes": "", "document": "{}", "state": "draft"})
    assert answer.status_code == 302
    version = TemplateVersion.objects.get()
    assert (version.alias, version.state, version.digest) == ("Spring", "released", released.digest)


def test_lists_open_and_nothing_is_added_or_deleted_by_hand(visitor: Client) -> None:
    version = TemplateVersionFactory.create()
    line = SyncRecord.objects.create(version=version, key="web", relation="new")
    for model in ("apptemplate", "templateversion", "syncrecord"):
        assert visitor.get(f"/admin/templates_app/{model}/?q=web").status_code == 200
    assert visitor.get("/admin/templates_app/templateversion/add/").status_code == 403
    assert visitor.get(f"/admin/templates_app/templateversion/{version.pk}/delete/").status_code == 403
    assert visitor.post(f"/admin/templates_app/syncrecord/{line.pk}/change/", {}).status_code == 403
