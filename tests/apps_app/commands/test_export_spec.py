"""export_spec: canonical JSON and Compose files, never a secret."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from apps_app.formats.compose.read import read_compose
from apps_app.models import Value
from config.accounts.models import Team, User
from templates_app.appspec.schema.serialize import canonical
from tests.factories import TemplateVersionFactory, application
from tests.specs import WEB_AND_DB, changed


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = 0
    try:
        call_command("export_spec", *words)
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_the_document_as_canonical_json(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    shop = application(WEB_AND_DB, slug="shop")
    Value.objects.create(application=shop, name="DB_PASSWORD", secret=True, desired="hunter2")
    code, out, _ = run(capsys, "--app", "shop")
    assert (code, out.strip().encode()) == (0, canonical(WEB_AND_DB))
    code, out, _ = run(capsys, "--app", "shop", "--json")
    assert json.loads(out)["document"] == WEB_AND_DB.plain


def test_a_compose_file_demands_secrets_and_means_the_same(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    shop = application(WEB_AND_DB, slug="shop")
    Value.objects.create(application=shop, name="DB_PASSWORD", secret=True, desired="hunter2")
    Value.objects.create(application=shop, name="WORKERS", desired="8")
    code, out, _ = run(capsys, "--app", "shop", "--format", "compose")
    assert code == 0
    assert "hunter2" not in out
    assert "${DB_PASSWORD?" in out
    spec = read_compose({"compose.yaml": out.encode()}, "compose.yaml").spec
    assert spec.components["web"].image == "shop/web:1.0"
    assert spec.components["web"].env["WORKERS"] == "8"


def test_several_files_need_a_folder(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"/etc/web.conf": {"content": "listen 80;"}}
    application(changed(WEB_AND_DB, "web", config_files=files), slug="shop")
    code, _, err = run(capsys, "--app", "shop", "--format", "compose")
    assert (code, "--output" in err) == (2, True)
    folder = tmp_path / "out"
    assert run(capsys, "--app", "shop", "--format", "compose", "--output", str(folder))[0] == 0
    assert (folder / "compose.yaml").is_file()
    assert any(path.read_text() == "listen 80;" for path in folder.rglob("*") if path.is_file())
    code, _, err = run(capsys, "--app", "shop", "--output", str(folder))
    assert (code, "not an empty folder" in err) == (2, True)


def test_a_template_version(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    version = TemplateVersionFactory.create(version="1.0", spec=WEB_AND_DB)
    slug = version.template.slug
    code, out, _ = run(capsys, "--template", slug, "--version", "1.0.0")
    assert (code, out.strip().encode()) == (0, canonical(WEB_AND_DB))
    assert run(capsys, "--template", slug, "--version", "1.0", "--format", "compose")[0] == 0
    for words, text in (
        (("--template", slug, "--version", "2.0"), "has no version 2.0"),
        (("--template", slug, "--version", "1..0"), "is not a version"),
        (("--template", slug), "go together"),
        (("--template", "nope", "--version", "1.0"), "There is no template nope"),
        (("--app", "nope"), "There is no application nope"),
    ):
        code, out, err = run(capsys, *words)
        assert (code, out, text in err) == (2, "", True), (words, err)


def test_a_stranger_exports_nothing(
    team: Team, viewer: User, stranger: User, capsys: pytest.CaptureFixture[str]
) -> None:
    application(WEB_AND_DB, team=team, slug="shop")
    assert run(capsys, "--app", "shop", "--as", viewer.username)[0] == 0
    code, out, err = run(capsys, "--app", "shop", "--as", stranger.username)
    assert (code, out, "There is no application shop" in err) == (2, "", True)
