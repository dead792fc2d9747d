"""The demo's account, whose password is printed on a terminal, is made in the demo's own database and nowhere else."""

import os
import re
from pathlib import Path

import pytest
from pytest_django import Settings

from config.accounts.models import User
from config.errors import Refused
from upgrades_app.demo.environment import FOREIGN, INSIDE, Home
from upgrades_app.demo.stages import Setting

MAKES_PEOPLE = re.compile(r"create_(super)?user\(|User\.objects\.(get_or_|update_or_)?create\(")


@pytest.mark.django_db
def test_a_new_database_has_no_accounts() -> None:
    assert not User.objects.exists()


def test_nothing_but_the_demo_makes_accounts(project: Path) -> None:
    apps = ("config", "templates_app", "apps_app", "upgrades_app")
    files = [path for name in apps for path in (project / name).rglob("*.py")]
    makers = [str(path.relative_to(project)) for path in files if MAKES_PEOPLE.search(path.read_text())]
    assert makers == ["upgrades_app/demo/stages.py"]


@pytest.mark.django_db
@pytest.mark.parametrize("embedded", [True, False])
def test_it_is_refused_elsewhere(settings: Settings, tmp_path: Path, embedded: bool) -> None:
    settings.EMBEDDED_DATABASE = embedded
    settings.VAR = tmp_path / ("var" if embedded else "demo")
    with pytest.raises(Refused, match="a database of its own"):
        Setting(tmp_path / "demo", "k7f-mq2-x9p").database()
    assert not User.objects.exists()


def test_the_demo_leaves_the_real_database_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provided: dict[str, str] = {}
    for name in FOREIGN:
        monkeypatch.setenv(name, "the real one")
    monkeypatch.setattr(os, "execve", lambda path, argv, environment: provided.update(environment))
    monkeypatch.chdir(tmp_path)
    Home(tmp_path, tmp_path / "var" / "demo", entered=False).enter()
    assert not [name for name in FOREIGN if name in provided]
    assert provided["UPLIFT_VAR"] == str(tmp_path / "var" / "demo")
    assert INSIDE in provided
