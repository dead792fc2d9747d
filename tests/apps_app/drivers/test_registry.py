"""From a target's row to its driver."""

from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError
from apps_app.drivers.registry import KINDS, open_driver, validate_config


def test_each_kind_knows_whether_it_runs_things(tmp_path: Path) -> None:
    for kind, known in KINDS.items():
        config = {field.name: field.default or "here" for field in known.fields if field.default or field.required}
        assert validate_config(kind, config) == ()
        assert open_driver(kind, config, "", home=tmp_path).runs is known.runs
        assert known.kind == kind


def test_every_fault_is_said_at_once() -> None:
    assert validate_config("git", {"branch": 3, "remote": "x"}) == (
        "'remote' is not known for a Git repository",
        "Branch has to be text",
        "Folder is missing",
    )


@pytest.mark.parametrize("branch", ["a b", "a..b", "/", "x.lock"])
def test_a_branch_has_to_be_one(branch: str) -> None:
    assert validate_config("git", {"path": "x", "branch": branch}) == (f"'{branch}' cannot be the name of a branch",)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(DriverError, match="no kind of target 'swarm'; there are docker, git, memory") as refused:
        open_driver("swarm", {}, "")
    assert refused.value.permanent


def test_a_relative_folder_stands_under_home(tmp_path: Path) -> None:
    inside = open_driver("git", {"path": "teams/git"}, "", home=tmp_path)
    assert inside.ping().version == f"0 applications in {tmp_path / 'teams' / 'git'}"
    absolute = open_driver("git", {"path": str(tmp_path / "git")}, "", home=tmp_path)
    assert absolute.ping().version == f"0 applications in {tmp_path / 'git'}"


@pytest.mark.parametrize("path", ["/etc/git", "../git", "git/../..", ".", "link/git", "git/../link"])
def test_a_folder_elsewhere_on_the_server_is_refused(path: str, tmp_path: Path) -> None:
    home = tmp_path / "targets"
    home.mkdir()
    (home / "link").symlink_to("/etc")
    text = f"Folder has to lie in {home}, where this server keeps targets"
    assert validate_config("git", {"path": path}, home) == (text,)
    with pytest.raises(DriverError, match="has to lie in"):
        open_driver("git", {"path": path}, "", home=home)
