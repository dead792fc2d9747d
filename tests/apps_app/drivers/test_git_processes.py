"""Several processes at one repository, and processes that are killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from apps_app.drivers.base import Driver, Placement, State
from apps_app.drivers.git.secret_file import from_env
from tests.apps_app.drivers.conftest import put
from tests.apps_app.drivers.killed import ROTATED, STEPS
from tests.apps_app.drivers.parts import DB, INSTALL, PASSWORD, ROLLBACK, SHOP, UPGRADE, WEB, WEB_NEXT
from tests.apps_app.drivers.repositories import commits, committed, in_worktree, is_clean

ROOT = Path(__file__).resolve().parents[3]
COMMITTED = STEPS[STEPS.index("the work tree") :]


def process(path: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.apps_app.drivers.killed", str(path), *words]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def killed_at(path: Path, point: str) -> None:
    child = process(path, "die", point)
    assert child.wait(timeout=60) == -signal.SIGKILL, child.communicate()[1].decode()


def values(path: Path) -> dict[str, str]:
    return from_env((path.parent / "repository.secrets" / "shop.env").read_bytes())


@pytest.mark.parametrize("point", STEPS)
def test_the_same_run_goes_on_where_it_was_killed(shop: Driver, path: Path, point: str) -> None:
    killed_at(path, point)
    with shop.session(SHOP, UPGRADE) as session:
        if point == "the first verb":
            session.apply("web", WEB_NEXT)
        session.remove("redis")
        receipt = session.finish()
    assert receipt.sentence.startswith("written as commit ")
    assert commits(path) == [INSTALL.subject, UPGRADE.subject]
    assert {key: observed.digest for key, observed in shop.read(SHOP).items()} == {
        "db": ROTATED.digest,
        "web": WEB_NEXT.digest,
    }
    assert is_clean(path)
    assert values(path) == {"DB_PASSWORD": "rotated"}


@pytest.mark.parametrize("point", STEPS)
def test_another_run_finds_all_or_nothing_of_it(shop: Driver, path: Path, point: str) -> None:
    before = committed(path)
    killed_at(path, point)
    with shop.session(SHOP, ROLLBACK):
        done = point in COMMITTED
        assert (committed(path) == before) is not done
        assert in_worktree(path) == committed(path)
        assert is_clean(path)
        assert values(path) == {"DB_PASSWORD": "rotated" if done else PASSWORD}
    desired = {"db": ROTATED.digest, "web": WEB_NEXT.digest} if done else {"db": DB.digest, "web": WEB.digest}
    assert {key: observed.digest for key, observed in shop.read(SHOP).items()} == desired


@pytest.mark.parametrize("point", STEPS)
def test_what_a_killed_process_left_can_be_read_and_is_private(shop: Driver, path: Path, point: str) -> None:
    killed_at(path, point)
    assert {observed.state for observed in shop.read(SHOP).values()} <= {State.WRITTEN, State.DIFFERS}
    described = [name for name, data in {**committed(path), **in_worktree(path)}.items() if b"rotated" in data]
    assert described == []


def test_processes_of_two_applications_do_not_lose_a_commit(shop: Driver, path: Path) -> None:
    children = [process(path, "write", slug, "8") for slug in ("left", "right")]
    assert [(child.wait(timeout=120), child.communicate()[1].decode()) for child in children] == [(0, ""), (0, "")]
    data = commits(path)
    for slug in ("left", "right"):
        assert [name for name in data if name.startswith(slug)] == [f"{slug} {number}" for number in range(8)]
        assert b"NUMBER: '7'" in committed(path, slug)["compose.yaml"]
        observed = shop.read(Placement(f"uid of {slug}", slug))
        assert {key: item.state for key, item in observed.items()} == {"counter": State.WRITTEN, "web": State.WRITTEN}
    assert is_clean(path)


def test_two_processes_may_be_the_first_ones(path: Path, driver: Driver) -> None:
    children = [process(path, "write", slug, "2") for slug in ("left", "right")]
    assert [(child.wait(timeout=120), child.communicate()[1].decode()) for child in children] == [(0, ""), (0, "")]
    assert len(commits(path)) == 4
    assert driver.ping().version == f"2 applications in {path}"


def test_a_branch_that_moves_under_a_session_takes_its_commit_on_top(shop: Driver, path: Path) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        put(shop, Placement("b", "blog"), INSTALL, web=WEB)
        session.finish()
    assert {name.partition("/")[0] for name in committed(path)} == {"blog", "shop"}
    assert is_clean(path)
