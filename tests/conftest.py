"""Fixtures and hooks of all tests: parallel runs, markers by folder, clean job tables, required tests in CI."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from hypothesis import settings as hypothesis_settings

from config.accounts.models import Role, Team, User
from config.database.server import get_server
from tests.factories import MembershipFactory, TeamFactory, UserFactory

TRANSACTIONAL = frozenset({"transactional_db", "live_server", "django_db_serialized_rollback"})
DATABASE_FIXTURES = TRANSACTIONAL | {"db"}
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")
NEVER_SKIPPED_IN_CI = ("docker", "browser", "reference", "realworld")


UNIT_FOLDERS = (
    "templates_app/appspec",
    "apps_app/formats",
    "apps_app/topology",
    "upgrades_app/engine",
)
"""Tests of packages that import no Django; those of them that need no database are marked `unit`."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return the number of worker processes for `-n auto`.

    The whole suite runs in one process per core and one more for the engine's tests, which mostly wait. Named files and
    unit tests run in this process: starting workers would take longer than the tests.
    """
    is_whole_suite = config.args == list(config.getini("testpaths"))
    return (os.cpu_count() or 1) + 1 if is_whole_suite and config.option.markexpr != "unit" else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the engine's tests first, all in one worker process, and browser tests last: their event loop stays."""
    for item in items:
        if item.get_closest_marker("docker"):
            item.add_marker(pytest.mark.xdist_group("docker"))
    items.sort(key=_run_order)


def _run_order(item: pytest.Item) -> int:
    if item.get_closest_marker("docker"):
        return 0
    return 2 if "browser" in item.path.parts else 1


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark unit tests. Restore the rows that migrations made after tests that commit, which end with empty tables."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        item.add_marker(pytest.mark.django_db(**{**marker.kwargs, "serialized_rollback": True}), append=False)
        fixtures.append("_clear_jobs")
    elif TRANSACTIONAL & set(fixtures):
        fixtures[:0] = ["django_db_serialized_rollback", "_clear_jobs"]
    elif marker is None and not DATABASE_FIXTURES & set(fixtures) and _is_in(item, UNIT_FOLDERS):
        item.add_marker(pytest.mark.unit)


def _is_in(item: pytest.Item, folders: tuple[str, ...]) -> bool:
    return item.path.relative_to(Path(__file__).parent).as_posix().startswith(folders)


@pytest.fixture(scope="session", autouse=True)
def _targets_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Allow targets in every test's own folder."""
    settings.TARGETS = tmp_path_factory.getbasetemp()


@pytest.fixture
def _clear_jobs(transactional_db: None) -> Iterator[None]:
    """Empty the job tables, which Django's flush does not know."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.CallInfo[None]]:
    """Fail a skipped test under UPLIFT_CI when it needs a browser, an engine, the reference reader or real files."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy's result has no public type here
    if report.skipped and os.environ.get("UPLIFT_CI") and not hasattr(report, "wasxfail"):
        _fail_if_required(item, report)


def _fail_if_required(item: pytest.Item, report: pytest.TestReport) -> None:
    if any(item.get_closest_marker(name) for name in NEVER_SKIPPED_IN_CI):
        report.outcome = "failed"
        report.longrepr = f"Skipped, but required in CI: {report.longrepr}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the database cluster before its folder removed."""
    if "PYTEST_XDIST_WORKER" in os.environ or not getattr(settings, "EMBEDDED_DATABASE", False):
        return
    connections.close_all()
    server = get_server(settings.VAR / "postgres")
    server.release()
    server.wait_until_stopped(10)


@pytest.fixture
def team(db: None) -> Team:
    team: Team = TeamFactory.create(slug="shop", name="Shop")
    return team


def _create_member(team: Team, role: Role) -> User:
    user: User = MembershipFactory.create(team=team, role=role, user__username=role.label.lower()).user
    return user


@pytest.fixture
def owner(team: Team) -> User:
    return _create_member(team, Role.OWNER)


@pytest.fixture
def publisher(team: Team) -> User:
    return _create_member(team, Role.PUBLISHER)


@pytest.fixture
def operator(team: Team) -> User:
    return _create_member(team, Role.OPERATOR)


@pytest.fixture
def viewer(team: Team) -> User:
    return _create_member(team, Role.VIEWER)


@pytest.fixture
def stranger(db: None) -> User:
    """An owner of another team, who must not see this team's objects."""
    user: User = MembershipFactory.create(role=Role.OWNER, user__username="stranger").user
    return user


@pytest.fixture
def superuser(db: None) -> User:
    user: User = UserFactory.create(username="root", is_superuser=True, is_staff=True)
    return user


@pytest.fixture
def client_of() -> "type[SignedIn]":
    """``client_of(user)``: a test client that is signed in."""
    return SignedIn


class SignedIn(Client):
    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)


@pytest.fixture(scope="session")
def project() -> Path:
    return Path(settings.BASE_DIR)


@pytest.fixture(scope="session")
def realworld(project: Path) -> Path:
    """The real Compose files beside the project."""
    folder = (project.parent / "shared" / "realworld").resolve()
    if not folder.is_dir():
        pytest.skip("the real Compose files are not beside the project")
    return folder
