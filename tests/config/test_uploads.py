"""A request that is too large is refused before it is read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config import uploads
from config.accounts.models import User
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("most", "status"), [(uploads.MAX_BYTES, 200), (1000, 400)])
def test_an_upload_is_measured(owner: User, most: int, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", most)
    client: Client = SignedIn(owner)
    file = SimpleUploadedFile("compose.yaml", b"services: {}\n" * 200)
    assert client.post("/apps/import/", {"files": file, "name": "x"}).status_code == status
