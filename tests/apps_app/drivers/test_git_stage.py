"""What a session keeps beside the repository, and how little it costs when there are many components."""

from itertools import pairwise
from pathlib import Path

import pytest

from apps_app.drivers.base import Driver, Note
from apps_app.drivers.git.pending_session import Stage
from apps_app.drivers.git.repository import Found, Repository
from tests.apps_app.drivers.parts import DB, SHOP, WEB

NOTE = Note("Upgrade", "to 1.1", "ada")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".shop.session"


def left(file: Path) -> Stage:
    session = Stage.left_at(file)
    assert session is not None
    return session


def test_what_was_kept_is_taken_up_in_its_order(file: Path) -> None:
    stage = Stage(file, NOTE)
    stage.applied("web", WEB)
    stage.removed("redis")
    stage.applied("db", DB)
    stage.applied("web", WEB)
    session = left(file)
    assert session.note == NOTE
    assert list(session.changes) == ["redis", "db", "web"]
    assert (session.changes, session.secrets) == (stage.changes, stage.secrets)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_change_after_an_end_that_failed_makes_it_count_no_more(file: Path) -> None:
    stage = Stage(file, NOTE)
    stage.applied("web", WEB)
    stage.commits("the tree", frozenset({"gone"}))
    assert (left(file).committing, left(file).tree, left(file).gone) == (True, "the tree", frozenset({"gone"}))
    stage.removed("web")
    assert not left(file).committing


def test_a_line_that_was_cut_off_was_never_written_and_hinders_nothing(file: Path) -> None:
    stage = Stage(file, NOTE)
    stage.applied("web", WEB)
    with file.open("ab") as open_file:
        open_file.write(b'{"key": "db", "docum')
    session = left(file)
    assert list(session.changes) == ["web"]
    session.removed("redis")
    assert list(left(file).changes) == ["web", "redis"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]\n", b'{"note": {}}\n', b'{"note": 1}\nrubbish\n'])
def test_damage_counts_as_nothing(file: Path, damage: bytes) -> None:
    file.write_bytes(damage)
    assert Stage.left_at(file) is None


def test_a_dropped_one_begins_anew(file: Path) -> None:
    stage = Stage(file, NOTE)
    stage.applied("web", WEB)
    stage.drop()
    assert Stage.left_at(file) is None
    stage.removed("redis")
    assert list(left(file).changes) == ["redis"]


def test_every_change_adds_to_the_file_and_writes_nothing_again(file: Path) -> None:
    stage, sizes = Stage(file, NOTE), list[int]()
    for number in range(20):
        stage.applied(f"web-{number:02}", WEB)
        sizes.append(file.stat().st_size)
    assert len({after - before for before, after in pairwise(sizes)}) == 1
    assert file.read_bytes().count(b"\n") == 21


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    result: list[str] = []
    find = Repository.find

    def counted(repository: Repository, slug: str) -> Found:
        result.append(slug)
        return find(repository, slug)

    monkeypatch.setattr(Repository, "find", counted)
    return result


def test_a_round_of_checks_reads_the_folder_once_and_the_next_one_again(shop: Driver, finds: list[str]) -> None:
    for key in ("web", "db", "redis"):
        shop.check(SHOP, key, None, WEB)
    assert finds == [SHOP.slug]
    shop.check(SHOP, "web", None, WEB)
    assert finds == [SHOP.slug] * 2
