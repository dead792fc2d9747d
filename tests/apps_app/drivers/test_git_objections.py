"""What stands in the way of a commit, each said in words, before anything is written."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from dulwich.repo import Repo

from apps_app.drivers.base import Driver, DriverError, Part, Placement
from apps_app.drivers.git.repository import Found, Repository
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.conftest import put
from tests.apps_app.drivers.parts import DB, REDIS, SHOP, UPGRADE, WEB, WEB_NEXT, part
from tests.apps_app.drivers.repositories import commit_by_hand, commits, committed, in_worktree


def another_branch(path: Path) -> None:
    (path / ".git" / "HEAD").write_text("ref: refs/heads/other\n")


def an_edit(path: Path) -> None:
    (path / "shop" / "compose.yaml").write_text("mine: true\n")


def a_deletion(path: Path) -> None:
    (path / "shop" / "compose.yaml").unlink()


def a_service(path: Path) -> None:
    compose = path / "shop" / "compose.yaml"
    compose.write_text(compose.read_text().replace("services:\n", "services:\n  mine:\n    image: mine\n"))
    commit_by_hand(path, "shop/compose.yaml")


def a_strange_folder(path: Path) -> None:
    (path / "shop" / ".uplift" / "application.json").unlink()
    commit_by_hand(path, "shop/.uplift/application.json")


def a_damaged_folder(path: Path) -> None:
    (path / "shop" / ".uplift" / "application.json").write_text("{")
    commit_by_hand(path, "shop/.uplift/application.json")


TROUBLES: dict[Callable[[Path], None], str] = {
    another_branch: "has 'other' checked out; check out 'main'",
    an_edit: "shop/compose.yaml in .* was changed and not committed",
    a_deletion: "shop/compose.yaml in .* was changed and not committed",
    a_service: "holds mine, not written by Uplift",
    a_strange_folder: "was not written by Uplift; move it, or choose another name",
    a_damaged_folder: "cannot be read: .*; restore it from its history",
}


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_check_says_what_is_in_the_way_and_a_session_refuses(
    shop: Driver, path: Path, trouble: Callable[[Path], None]
) -> None:
    trouble(path)
    before = in_worktree(path)
    text = " ".join(shop.check(SHOP, "web", WEB, WEB_NEXT))
    with pytest.raises(DriverError, match=TROUBLES[trouble]) as refused:
        put(shop, SHOP, UPGRADE, web=WEB_NEXT)
    assert refused.value.permanent
    assert text == str(refused.value)
    assert in_worktree(path) == before


@pytest.mark.parametrize("trouble", [another_branch, an_edit, a_service], ids=lambda trouble: trouble.__name__)
def test_finish_looks_again(shop: Driver, path: Path, trouble: Callable[[Path], None]) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        trouble(path)
        before = in_worktree(path)
        with pytest.raises(DriverError, match=TROUBLES[trouble]):
            session.finish()
    assert in_worktree(path) == before
    assert UPGRADE.subject not in commits(path)


@pytest.mark.parametrize("commit", [True, False], ids=["committed", "not committed"])
def test_a_file_of_somebody_else_is_not_written_over(shop: Driver, path: Path, commit: bool) -> None:
    mine = path / "shop" / "files" / "web" / "etc" / "new.ini"
    mine.write_text("mine")
    if commit:
        commit_by_hand(path, "shop/files/web/etc/new.ini")
    with_file = part("web:2", config_files={"/etc/new.ini": {"content": "theirs"}})
    with pytest.raises(DriverError, match=r"shop/files/web/etc/new\.ini in .*"):
        put(shop, SHOP, UPGRADE, web=with_file)
    assert mine.read_text() == "mine"
    assert UPGRADE.subject not in commits(path)


PARTS: dict[str, tuple[Part, str]] = {
    "no image": (part(""), "web has no image"),
    "a secret in a file": (
        part("a", config_files={"/run/secrets/key": {"content": "plain", "secret": True}}),
        "secret file /run/secrets/key whose content would be committed",
    ),
    "a path Git refuses": (part("a", config_files={"/src/.git/hooks/x": {"content": "1"}}), "at /src/.git/hooks/x"),
}


@pytest.mark.parametrize("name", PARTS)
def test_check_objects_to_what_a_repository_cannot_hold(shop: Driver, name: str) -> None:
    item, sentence = PARTS[name]
    data = shop.check(SHOP, "web", WEB, item)
    assert len(data) == 1
    assert sentence in data[0]


@pytest.mark.parametrize("slug", ["", ".", "..", ".git", "a/b", "-x", "../out"])
def test_a_slug_that_is_no_folder_is_refused(driver: Driver, path: Path, slug: str) -> None:
    app = Placement("uid", slug)
    for ask in (lambda: driver.read(app), lambda: driver.check(app, "web", None, WEB)):
        with pytest.raises(DriverError, match="cannot be the name of a folder"):
            ask()
    with pytest.raises(DriverError), driver.session(app, UPGRADE):
        pass
    assert not path.exists()


def test_a_file_in_the_place_of_the_folder_is_said(shop: Driver, path: Path) -> None:
    (path / "blog").write_text("a file")
    commit_by_hand(path, "blog")
    with pytest.raises(DriverError, match=r"'blog' in .* is no folder"):
        shop.check(Placement("b", "blog"), "web", None, WEB)


def test_a_folder_that_is_a_link_is_not_followed(shop: Driver, path: Path, tmp_path: Path) -> None:
    (path / "blog").symlink_to(tmp_path)
    with pytest.raises(DriverError, match="is a link"):
        put(shop, Placement("b", "blog"), UPGRADE, web=WEB_NEXT)
    assert not (tmp_path / "compose.yaml").exists()


def test_a_folder_of_other_things_is_no_repository(path: Path, driver: Driver) -> None:
    path.mkdir()
    (path / "notes.txt").write_text("mine")
    for ask in (driver.ping, lambda: driver.read(SHOP), lambda: put(driver, SHOP, UPGRADE, web=WEB)):
        with pytest.raises(DriverError, match="no Git repository with a work tree; choose another folder"):
            ask()
    assert sorted(item.name for item in path.iterdir()) == ["notes.txt"]


def test_a_bare_repository_is_refused(path: Path, driver: Driver) -> None:
    path.mkdir()
    Repo.init_bare(path).close()
    with pytest.raises(DriverError, match="no Git repository with a work tree"):
        driver.read(SHOP)


def test_a_repository_that_is_gone_is_not_silently_begun_anew(shop: Driver, path: Path) -> None:
    path.rename(path.parent / "moved")
    for ask in (shop.ping, lambda: shop.read(SHOP), lambda: put(shop, SHOP, UPGRADE, web=WEB)):
        with pytest.raises(DriverError, match=r"is gone; restore it, or remove .*repository\.secrets"):
            ask()
    assert not path.exists()


def test_a_damaged_repository_says_what_to_do(shop: Driver, path: Path) -> None:
    for item in (path / ".git" / "objects").glob("??/*"):
        item.chmod(0o644)
        item.write_bytes(b"rubbish")
    for ask in (shop.ping, lambda: shop.read(SHOP), lambda: put(shop, SHOP, UPGRADE, web=WEB)):
        with pytest.raises(DriverError, match=r"is damaged .*git fsck"):
            ask()


@pytest.mark.parametrize("lock", ["index.lock", "refs/heads/main.lock"])
def test_a_lock_of_git_is_named_and_nothing_is_committed(shop: Driver, path: Path, lock: str) -> None:
    (path / ".git" / lock).touch()
    before = committed(path)
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("redis", REDIS)
        with pytest.raises(DriverError, match=rf"holds .*{lock}; wait for it, or remove that file") as refused:
            session.finish()
        assert not refused.value.permanent
        assert committed(path) == before
        (path / ".git" / lock).unlink()
        session.finish()
    assert {"db": DB.digest, "redis": REDIS.digest, "web": WEB.digest} == {
        key: observed.digest for key, observed in shop.read(SHOP).items()
    }


def test_a_path_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    driver = open_driver("git", {"path": str(tmp_path / "file" / "repository")}, "")
    with pytest.raises(DriverError, match="cannot be used: "), driver.session(SHOP, UPGRADE):
        pass


def test_what_compose_cannot_say_is_an_objection_and_refuses_the_commit(shop: Driver, path: Path) -> None:
    unreadable = part("a", secrets={"KEY": "1"}, env={"A": "${KEY} ${"})
    assert [name for name in shop.check(SHOP, "web", WEB, unreadable) if "cannot be written as a Compose file" in name]
    with pytest.raises(DriverError, match="shop cannot be written as a Compose file: ") as refused:
        put(shop, SHOP, UPGRADE, web=unreadable)
    assert refused.value.permanent
    assert UPGRADE.subject not in commits(path)


def test_a_commit_of_somebody_in_between_is_not_lost(shop: Driver, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Repository.store

    def interrupted(
        repository: Repository, folder: Found, files: Mapping[str, bytes], abstract_set: AbstractSet[str]
    ) -> str:
        (path / "notes").write_text("mine")
        commit_by_hand(path, "notes", message="In between")
        return store(repository, folder, files, abstract_set)

    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        with monkeypatch.context() as patch:
            patch.setattr(Repository, "store", interrupted)
            with pytest.raises(DriverError, match="somebody else committed") as refused:
                session.finish()
        assert not refused.value.permanent
        session.apply("redis", REDIS)
        session.finish()
    assert commits(path)[1:] == ["In between", UPGRADE.subject]
    assert committed(path)["notes"] == b"mine"
    assert set(shop.read(SHOP)) == {"db", "redis", "web"}


def test_a_damaged_note_of_an_unfinished_session_counts_as_none(shop: Driver, path: Path) -> None:
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
    for damage in (b"{", b"[]", b'{"changes": {"web": {"component": 1}}}'):
        (path.parent / "repository.secrets" / ".shop.session").write_bytes(damage)
        with shop.session(SHOP, UPGRADE) as session:
            assert session.finish().sentence.startswith("nothing to write")


def test_a_folder_where_the_values_belong_is_said(shop: Driver, path: Path) -> None:
    values = path.parent / "repository.secrets" / "shop.env"
    values.unlink()
    values.mkdir()
    for ask in (lambda: shop.read(SHOP), lambda: put(shop, SHOP, UPGRADE, db=DB)):
        with pytest.raises(DriverError, match=r"shop\.env cannot be read: "):
            ask()
