"""What all tests share: a database cluster for this run alone, clean jobs, and in CI no silent skip."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from hypothesis import settings as hypothesis_settings

from config.accounts.models import Role, Team, User
from config.database.server import server_at
from tests.factories import MembershipFactory, TeamFactory, UserFactory

TRANSACTIONAL = frozenset({"transactional_db", "live_server", "django_db_serialized_rollback"})
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")
NEVER_SKIPPED_IN_CI = ("docker", "browser", "reference", "realworld")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: their event loop stays, and a worker needs one of its own."""
    items.sort(key=lambda item: "browser" in item.path.parts)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests that commit end with empty tables: give them back the rows that migrations made."""
    names: list[str] = getattr(item, "fixturenames", [])
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        item.add_marker(pytest.mark.django_db(**{**marker.kwargs, "serialized_rollback": True}), append=False)
        names.append("_no_jobs_left")
    elif TRANSACTIONAL & set(names):
        names[:0] = ["django_db_serialized_rollback", "_no_jobs_left"]


@pytest.fixture(scope="session", autouse=True)
def _targets_in_the_folder_of_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """So that every test's own folder may be a target's."""
    settings.TARGETS = tmp_path_factory.getbasetemp()


@pytest.fixture
def _no_jobs_left(transactional_db: None) -> Iterator[None]:
    """Jobs are no Django tables, so emptying the tables forgets them."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.CallInfo[None]]:
    """Under UPLIFT_CI what was meant to be run with a browser, an engine or real files must have run."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy's result has no public type here
    if report.skipped and os.environ.get("UPLIFT_CI") and not hasattr(report, "wasxfail"):
        _fail_if_wanted(item, report)


def _fail_if_wanted(item: pytest.Item, report: pytest.TestReport) -> None:
    if any(item.get_closest_marker(name) for name in NEVER_SKIPPED_IN_CI):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not accept: {report.longrepr}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """The cluster ends before its folder is removed."""
    if "PYTEST_XDIST_WORKER" in os.environ or not getattr(settings, "EMBEDDED_DATABASE", False):
        return
    connections.close_all()
    server = server_at(settings.VAR / "postgres")
    server.release()
    server.wait_until_stopped(10)


@pytest.fixture
def team(db: None) -> Team:
    team: Team = TeamFactory.create(slug="shop", name="Shop")
    return team


def _member(team: Team, role: Role) -> User:
    user: User = MembershipFactory.create(team=team, role=role, user__username=role.label.lower()).user
    return user


@pytest.fixture
def owner(team: Team) -> User:
    return _member(team, Role.OWNER)


@pytest.fixture
def publisher(team: Team) -> User:
    return _member(team, Role.PUBLISHER)


@pytest.fixture
def operator(team: Team) -> User:
    return _member(team, Role.OPERATOR)


@pytest.fixture
def viewer(team: Team) -> User:
    return _member(team, Role.VIEWER)


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody of another team, who must not know what this one has."""
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
