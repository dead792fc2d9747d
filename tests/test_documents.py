"""The READMEs hold what the code does: the URLs of each app and the life cycle of an operation."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from upgrades_app.engine.execution import status_machine

APPS = ("templates_app", "apps_app", "upgrades_app", "config")
ROW = re.compile(r"^\| `(?P<url>/[^`]*)` \| `(?P<view>[\w.]+)` \|", re.MULTILINE)
STATUS_ROW = re.compile(r"^\| `(?P<before>\w+)` \| (?P<after>`[^|]+|—) \|", re.MULTILINE)


def list_pages(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, str]]:
    """Return each URL, with its arguments as <name>, and the module and function of its view."""
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"<\w+:(\w+)>", r"<\1>", str(entry.pattern))
        if isinstance(entry, URLPattern):
            view = getattr(entry.callback, "view_class", entry.callback)
            yield path, f"{view.__module__}.{view.__qualname__}"
        elif entry.namespace != "admin":
            yield from list_pages(entry, path)


def get_expected_pages(app: str) -> dict[str, str]:
    return {url: view.removeprefix(f"{app}.") for url, view in list_pages(get_resolver()) if view.startswith(f"{app}.")}


def read_table(pattern: re.Pattern[str], path: Path) -> dict[str, str]:
    """Return the first two cells of the rows of a Markdown table."""
    return {match[1]: match[2] for match in pattern.finditer(path.read_text())}


def read_statuses(path: Path, heading: str) -> dict[str, frozenset[str]]:
    """Return the statuses that may follow each status, from the table under a heading."""
    section = path.read_text().partition(heading)[2].partition("\n#")[0]
    return {
        match["before"]: frozenset(re.findall(r"`(\w+)`", match["after"])) for match in STATUS_ROW.finditer(section)
    }


@pytest.mark.parametrize("app", APPS)
def test_the_readme_of_an_app_lists_the_view_of_each_url(app: str, project: Path) -> None:
    assert read_table(ROW, project / app / "README.md") == get_expected_pages(app)


@pytest.mark.parametrize(
    ("heading", "statuses", "transitions"),
    [
        ("### Statuses of an upgrade record", status_machine.RecordStatus, status_machine.RECORD),
        ("### Statuses of a step", status_machine.StepStatus, status_machine.STEP),
    ],
)
def test_the_readme_holds_the_life_cycle(
    heading: str, statuses: type[StrEnum], transitions: Mapping[str, frozenset[str]], project: Path
) -> None:
    documented = read_statuses(project / "upgrades_app" / "README.md", heading)
    assert documented == {str(status): frozenset(map(str, transitions.get(status, frozenset()))) for status in statuses}
