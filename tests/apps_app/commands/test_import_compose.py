"""import_compose: what it reads, what it says, and its exit codes."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps_app.models import Application
from config.accounts.models import Team, User
from tests.apps_app.rows import held, wanted

COMPOSE = """
services:
  web:
    image: shop/web:${TAG:?needed}
    env_file: web.env
    volumes: ["./conf/web.conf:/etc/web.conf:ro", "../outside.conf:/etc/outside.conf:ro"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "shop"
    (inside / "conf").mkdir(parents=True)
    (inside / "compose.yaml").write_text(COMPOSE)
    (inside / "web.env").write_text("LOG_LEVEL=info\nAPI_TOKEN=hunter2\n")
    (inside / ".env").write_text("TAG=1.0\n")
    (inside / "conf" / "web.conf").write_text("listen 80;")
    (inside / "conf" / "unrelated.key").write_text("must not be read")
    (tmp_path / "outside.conf").write_text("must not be read")
    return inside


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = 0
    try:
        call_command("import_compose", *words)
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def as_json(out: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(out)
    return document


def test_a_folder_is_imported_with_what_it_refers_to(
    db: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, str(folder / "compose.yaml"), "--app", "Shop", "--json")
    assert code == 0, out
    described = as_json(out)
    assert (described["ok"], described["application"], described["components"]) == (True, "shop", ["web"])
    assert described["secrets"] == ["API_TOKEN"]
    assert "hunter2" not in out
    shop = Application.objects.get(slug="shop")
    web = shop.desired_spec().components["web"]
    assert web.env["LOG_LEVEL"] == "info"
    assert web.config_files["/etc/web.conf"].content == "listen 80;"
    assert "must not be read" not in str(shop.imported)
    assert held(shop, "API_TOKEN") == "hunter2"
    assert shop.team.slug == "default"


def test_a_link_out_of_the_folder_is_not_followed(db: None, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "conf" / "web.conf").unlink()
    (folder / "conf" / "web.conf").symlink_to(folder.parent / "outside.conf")
    run(capsys, str(folder / "compose.yaml"), "--app", "shop")
    assert "must not be read" not in str(Application.objects.get(slug="shop").imported)


def test_check_writes_nothing(db: None, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(folder / "compose.yaml"), "--app", "shop", "--check")
    assert code == 0
    assert "nothing was imported" in out
    assert not Application.objects.exists()


def test_an_env_file_takes_the_place_of_the_one_beside(
    db: None, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prod.env").write_text("TAG=2.0\n")
    run(capsys, str(folder / "compose.yaml"), "--app", "shop", "--env-file", str(tmp_path / "prod.env"))
    assert Application.objects.get(slug="shop").desired_spec().parameters["TAG"].default == "2.0"


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: [", "this is not YAML"),
        (LAUGHS, "aliases are followed"),
        ("services:\n  web: {image: a, colour: red}\n", "colour"),
        ("services:\n  a: {image: a, depends_on: [b]}\n  b: {image: b, depends_on: [a]}\n", "wait for each other"),
        ("services:\n  a: {image: a, ports: ['80:80']}\n  b: {image: b, ports: ['80:80']}\n", "80"),
        ("services:\n  a: {image: a}\n" + "#" * (50 * 1024 * 1024), "larger than 8 MiB"),
    ],
    ids=["yaml", "laughs", "key", "cycle", "port", "large"],
)
def test_bad_input_is_refused_and_nothing_is_written(
    text: str, said: str, db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(text)
    code, out, err = run(capsys, str(tmp_path / "compose.yaml"), "--app", "bad")
    assert (code, out) == (2, "")
    assert said in err
    code, out, _ = run(capsys, str(tmp_path / "compose.yaml"), "--app", "bad", "--json")
    assert code == 2
    assert said in str(as_json(out)["faults"])
    assert not Application.objects.exists()


def test_what_is_not_there_is_refused(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, str(tmp_path / "nope.yaml"), "--app", "shop")
    assert (code, "is not a file" in err) == (2, True)
    (tmp_path / "compose.yaml").write_text("services: {a: {image: a}}")
    code, _, err = run(capsys, str(tmp_path / "compose.yaml"), "--app", "shop", "--team", "nope")
    assert (code, "There is no team nope" in err) == (2, True)


def test_importing_again_refuses_conflicts_until_told(
    db: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(folder / "compose.yaml")
    run(capsys, file, "--app", "shop")
    shop = Application.objects.get(slug="shop")
    shop.components.filter(key="web").update(desired={**wanted(shop, "web"), "image": "mine:1"})
    (folder / "compose.yaml").write_text(COMPOSE.replace("shop/web", "shop/website"))
    code, _, err = run(capsys, file, "--app", "shop")
    assert (code, "components.web.image" in err) == (2, True)
    code, _, _ = run(capsys, file, "--app", "shop", "--on-conflict", "ours")
    assert (code, wanted(shop, "web")["image"]) == (0, "mine:1")
    assert Application.objects.count() == 1


def test_a_user_imports_with_their_own_roles(
    folder: Path, team: Team, viewer: User, operator: User, stranger: User, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(folder / "compose.yaml")
    for user, expected in ((viewer, 2), (stranger, 2), (operator, 0)):
        code, _, _ = run(capsys, file, "--app", "shop", "--team", team.slug, "--as", user.username)
        assert code == expected, user
    own = stranger.memberships.get().team.slug
    code, out, _ = run(capsys, file, "--app", "shop", "--team", own, "--as", stranger.username)
    assert (code, "Imported as shop-2." in out) == (0, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_said(db: None, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "conf" / "web.conf").chmod(0)
    code, _, err = run(capsys, str(folder / "compose.yaml"), "--app", "shop")
    assert (code, "cannot be read" in err) == (2, True)
