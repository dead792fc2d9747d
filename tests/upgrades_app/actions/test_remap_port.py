"""A port of an application on another number: an edit like any other, and never over somebody else's."""

from collections.abc import Mapping

import pytest

from apps_app.models import Application
from config.errors import OperationRefused
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_remapping import remap_ports
from tests.upgrades_app.upgrade_helpers import ADA, fresh
from tests.upgrades_app.views.pages import edited
from upgrades_app.actions.remap_port import remap_port

pytestmark = pytest.mark.django_db
AT = "web 8000/tcp 8080"


def web(application: Application) -> ComponentSpec:
    return fresh(application).desired_spec().components["web"]


def test_the_rest_of_the_component_stays(copy: Application) -> None:
    before = web(copy)
    assert remap_port(copy, ADA, port_id=AT, port=8099).port == "8000/tcp"
    assert web(copy) == before.model_copy(update={"ports": {"8000/tcp": {"8099": before.ports["8000/tcp"]["8080"]}}})


def test_an_edit_of_somebody_else_meanwhile_is_not_written_over(
    copy: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remap_after_edit(
        spec: AppSpec, values: Mapping[str, str], ports: Mapping[str, int]
    ) -> tuple[AppSpec, dict[str, str]]:
        edited(copy, "web", user="app")
        return remap_ports(spec, values, ports)

    monkeypatch.setattr("upgrades_app.actions.remap_port.remap_ports", remap_after_edit)
    with pytest.raises(OperationRefused, match="bob changed web while you were editing"):
        remap_port(copy, ADA, port_id=AT, port=8099)
    assert (web(copy).user, list(web(copy).ports["8000/tcp"])) == ("app", ["8080"])


def test_a_document_that_cannot_be_read_whole_loses_nothing(copy: Application) -> None:
    row = copy.components.get(key="web")
    row.desired = {**(row.desired or {}), "replicas": ["broken"]}
    row.save()
    with pytest.raises(OperationRefused):
        remap_port(fresh(copy), ADA, port_id=AT, port=8099)
    row.refresh_from_db()
    assert (row.desired or {})["replicas"] == ["broken"]
