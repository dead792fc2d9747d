"""A port of an application on another number: an edit like any other, and never over somebody else's."""

from collections.abc import Mapping

import pytest

from apps_app.models import Application
from config.errors import Refused
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_remapping import moved
from tests.upgrades_app.road import ADA, fresh
from tests.upgrades_app.views.pages import edited
from upgrades_app.actions.remap_port import take_port

pytestmark = pytest.mark.django_db
AT = "web 8000/tcp 8080"


def web(application: Application) -> ComponentSpec:
    return fresh(application).desired_spec().components["web"]


def test_the_rest_of_the_component_stays(copy: Application) -> None:
    before = web(copy)
    assert take_port(copy, ADA, at=AT, port=8099).port == "8000/tcp"
    assert web(copy) == before.model_copy(update={"ports": {"8000/tcp": {"8099": before.ports["8000/tcp"]["8080"]}}})


def test_an_edit_of_somebody_else_meanwhile_is_not_written_over(
    copy: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(spec: AppSpec, values: Mapping[str, str], ports: Mapping[str, int]) -> tuple[AppSpec, dict[str, str]]:
        edited(copy, "web", user="app")
        return moved(spec, values, ports)

    monkeypatch.setattr("upgrades_app.actions.remap_port.moved", meanwhile)
    with pytest.raises(Refused, match="changed web meanwhile"):
        take_port(copy, ADA, at=AT, port=8099)
    assert (web(copy).user, list(web(copy).ports["8000/tcp"])) == ("app", ["8080"])


def test_a_document_that_cannot_be_read_whole_loses_nothing(copy: Application) -> None:
    row = copy.components.get(key="web")
    row.desired = {**(row.desired or {}), "replicas": ["broken"]}
    row.save()
    with pytest.raises(Refused):
        take_port(fresh(copy), ADA, at=AT, port=8099)
    row.refresh_from_db()
    assert (row.desired or {})["replicas"] == ["broken"]
