"""Guards of the house: what must hold for every file, page and migration, whoever adds the next one."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from config.accounts.models import User
from tests.conftest import SignedIn

PROJECT = Path(settings.BASE_DIR)
OURS = ("config", "templates_app", "apps_app", "upgrades_app")
LONGEST_FILE = 300
LONGEST_TEMPLATE_LINE = 160
OPEN_TO_ALL = {
    "login",
    "password_reset",
    "password_reset_done",
    "password_reset_confirm",
    "password_reset_complete",
    "healthz",
    "admin:login",
    "admin_login",
}
NOT_IN_A_TEMPLATE = {
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)": "inline script",
    r"<style\b": "inline style",
    r"\sstyle\s*=": "style attribute",
    r"\son[a-z]+\s*=": "inline event handler",
    r"\bhx-on\b": "hx-on",
    r"\bhx-boost\b": "hx-boost",
    r"""href\s*=\s*["']\#["']""": 'href="#"',
    r"\bjavascript:": "javascript URL",
}
WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "(?!django_session|accounts_user")', re.IGNORECASE)
TAG = re.compile(r"\{[%{#].*?[%}#]\}", re.DOTALL)
Pattern = tuple[str, URLPattern]


def python_files() -> list[Path]:
    """Without migrations, which are written by Django."""
    result = [path for folder in (*OURS, "tests") for path in sorted((PROJECT / folder).rglob("*.py"))]
    return [path for path in result if path.parent.name != "migrations"]


def templates() -> list[Path]:
    return [path for folder in OURS for path in sorted((PROJECT / folder).rglob("templates/**/*.html"))]


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[Pattern]:
    for url_pattern in resolver.url_patterns:
        if isinstance(url_pattern, URLPattern):
            yield f"{namespace}{url_pattern.name}", url_pattern
        else:
            inner = f"{namespace}{url_pattern.namespace}:" if url_pattern.namespace else namespace
            yield from patterns(url_pattern, inner)


def url_of(name: str, pattern: URLPattern) -> str:
    """An address of the pattern, with the same word or number for each of its arguments."""
    for value in ("1", "nothing"):
        try:
            return reverse(name, kwargs=dict.fromkeys(pattern.pattern.regex.groupindex, value))
        except NoReverseMatch:
            continue
    raise AssertionError(f"no address of {name} could be made")


def relative(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_migration_is_named() -> None:
    loader = MigrationLoader(None)
    labels = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in OURS}
    unnamed = [f"{label}.{name}" for label, name in loader.disk_migrations if label in labels and "_auto_" in name]
    assert not unnamed


def test_every_data_migration_can_be_undone() -> None:
    loader = MigrationLoader(None)
    labels = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in OURS}
    stuck = [
        f"{label}.{name}: {operation.describe()}"
        for (label, name), migration in loader.disk_migrations.items()
        if label in labels
        for operation in migration.operations
        if not operation.reversible
    ]
    assert not stuck


def test_the_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", python_files(), ids=relative)
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", templates(), ids=relative)
def test_no_template_runs_or_styles_inline(path: Path) -> None:
    text = TAG.sub("x", path.read_text())
    violations = [f"{word}: {match}" for rule, word in NOT_IN_A_TEMPLATE.items() for match in re.findall(rule, text)]
    assert not violations


@pytest.mark.parametrize("path", templates(), ids=relative)
def test_no_line_of_a_template_is_too_long(path: Path) -> None:
    long = [number for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > LONGEST_TEMPLATE_LINE]
    assert not long, f"lines {long}: one element a line, and many attributes one a line each"


def test_every_page_wants_a_login() -> None:
    open_pages = {
        name
        for name, urlpattern in patterns(get_resolver())
        if not getattr(urlpattern.callback, "login_required", True)
    }
    assert open_pages <= OPEN_TO_ALL


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_login_from_every_page(client: Client) -> None:
    answers = {
        name: client.get(url_of(name, urlpattern))
        for name, urlpattern in patterns(get_resolver())
        if name not in OPEN_TO_ALL and not name.startswith("admin:")
    }
    wrong = {
        name: answer.status_code
        for name, answer in answers.items()
        if answer.status_code != 302 or not answer["Location"].startswith(reverse("login"))
    }
    assert not wrong


@pytest.mark.django_db
def test_no_get_writes(superuser: User) -> None:
    """Of the pages that need no object; those of an object are held to it by their own tests."""
    client = SignedIn(superuser)
    written: dict[str, list[str]] = {}
    for name, urlpattern in patterns(get_resolver()):
        if name.startswith("admin:") or urlpattern.pattern.regex.groupindex:
            continue
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(name))
        writes = [query["sql"] for query in queries if WRITES.match(query["sql"])]
        if writes:
            written[name] = writes
    assert not written
