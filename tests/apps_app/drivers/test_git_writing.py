"""What a finished session leaves in the repository, in the work tree and beside them."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from apps_app.drivers.base import Driver, DriverError
from apps_app.drivers.git.repository import Repository
from apps_app.drivers.git.secret_file import from_env
from tests.apps_app.drivers.conftest import put
from tests.apps_app.drivers.parts import (
    BLOG,
    DB,
    INSTALL,
    PASSWORD,
    REDIS,
    ROLLBACK,
    SHOP,
    UPGRADE,
    WEB,
    WEB_NEXT,
    part,
)
from tests.apps_app.drivers.repositories import commit_by_hand, commits, committed, head, in_worktree, is_clean


def services(path: Path, slug: str = "shop") -> dict[str, dict[str, object]]:
    data: dict[str, dict[str, object]] = YAML(typ="safe").load(committed(path, slug)["compose.yaml"])["services"]
    return data


def test_nothing_is_made_before_the_first_session(driver: Driver, path: Path) -> None:
    driver.ping()
    driver.read(SHOP)
    driver.check(SHOP, "web", None, WEB)
    assert list(path.parent.iterdir()) == []


def test_a_session_is_one_commit_that_says_why_and_who(shop: Driver, path: Path) -> None:
    receipt = put(shop, SHOP, UPGRADE, web=WEB_NEXT, redis=REDIS)
    commit = head(path)
    assert commits(path) == [INSTALL.subject, UPGRADE.subject]
    assert commit.message.decode() == "Upgrade shop from Shop 1.0 to 1.1\n\nRecord 2, by demo\n"
    assert commit.author == b"demo <demo@localhost>"
    assert (receipt.sentence, receipt.reference) == (f"written as commit {commit.id.decode()[:7]}", commit.id.decode())


def test_an_operators_name_cannot_forge_an_author(shop: Driver, path: Path) -> None:
    note = UPGRADE.__class__("Upgrade", "", "Eve <root@example>\nparent 0000")
    put(shop, SHOP, note, web=WEB_NEXT)
    assert head(path).author == b"Eve root@example parent 0000 <eve@localhost>"
    assert len(head(path).parents) == 1


def test_the_files_are_in_the_commit_and_in_the_work_tree(shop: Driver, path: Path) -> None:
    assert sorted(committed(path)) == [
        "shop/.uplift/application.json",
        "shop/.uplift/components/db.json",
        "shop/.uplift/components/web.json",
        "shop/compose.yaml",
        "shop/files/web/etc/shop/shop.ini",
        "shop/secrets.env.example",
    ]
    assert in_worktree(path) == committed(path)
    assert is_clean(path)


def test_compose_finds_what_the_part_said(shop: Driver, path: Path) -> None:
    web = services(path)["web"]
    assert web["image"] == WEB.component.image
    environment = web["environment"]
    assert isinstance(environment, dict)
    assert environment["PRICE"] == "5$$"
    assert environment["DATABASE_URL"].startswith("postgres://shop:${DB_PASSWORD?")
    assert committed(path, "shop")["files/web/etc/shop/shop.ini"] == b"[shop]\nname = $shop\n"


def test_the_work_tree_is_untouched_until_the_end(shop: Driver, path: Path) -> None:
    before = in_worktree(path)
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        session.remove("db")
        assert (in_worktree(path), is_clean(path)) == (before, True)
        session.finish()
    assert in_worktree(path) != before
    assert is_clean(path)


def test_a_finish_that_failed_after_its_commit_can_be_gone_back_on(
    shop: Driver, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = committed(path)
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("web", WEB_NEXT)
        with monkeypatch.context() as patch:
            patch.setattr(Repository, "index", failing)
            with pytest.raises(DriverError, match="disk full"):
                session.finish()
        session.apply("web", WEB)
        session.finish()
    assert committed(path) == before
    assert in_worktree(path) == before
    assert is_clean(path)


def failing(*_: object) -> None:
    raise DriverError("disk full", permanent=False)


def test_nothing_to_write_is_no_commit_and_says_so(shop: Driver, path: Path) -> None:
    receipt = put(shop, SHOP, UPGRADE, web=WEB, db=DB)
    assert receipt.sentence == f"nothing to write: all is as in commit {head(path).id.decode()[:7]}"
    assert commits(path) == [INSTALL.subject]


def test_going_back_writes_the_very_files_of_before(shop: Driver, path: Path) -> None:
    before = committed(path)
    put(shop, SHOP, UPGRADE, web=WEB_NEXT, redis=REDIS)
    assert committed(path) != before
    put(shop, SHOP, ROLLBACK, web=WEB, redis=None)
    assert committed(path) == before


def test_the_order_of_verbs_does_not_show_in_the_files(driver: Driver, tmp_path: Path, path: Path) -> None:
    put(driver, SHOP, INSTALL, db=DB, web=WEB, redis=REDIS)
    put(driver, BLOG, INSTALL, redis=REDIS, web=WEB, db=DB)
    shop, blog = committed(path, "shop"), committed(path, "blog")
    assert {name for name in shop if shop[name] != blog[name]} == {".uplift/application.json"}


def test_the_folder_goes_with_its_last_component(shop: Driver, path: Path) -> None:
    put(shop, BLOG, INSTALL, web=WEB_NEXT)
    put(shop, SHOP, UPGRADE, web=None, db=None)
    assert {name.partition("/")[0] for name in committed(path)} == {"blog"}
    assert not (path / "shop").exists()
    assert not (path.parent / "repository.secrets" / "shop.env").exists()
    assert is_clean(path)


def test_the_last_application_may_go_too(shop: Driver, path: Path) -> None:
    put(shop, SHOP, UPGRADE, web=None, db=None)
    assert committed(path) == {}
    assert is_clean(path)


def test_a_commit_holds_only_its_own_application(shop: Driver, path: Path) -> None:
    with shop.session(SHOP, UPGRADE) as half_done:
        half_done.apply("web", WEB_NEXT)
        before = committed(path, "shop")
        put(shop, BLOG, INSTALL, web=WEB)
        assert committed(path, "shop") == before


def test_files_of_others_stay_where_they_are(shop: Driver, path: Path) -> None:
    (path / "shop" / "README.md").write_text("Ours\n")
    (path / "flux.yaml").write_text("flux: true\n")
    commit_by_hand(path, "shop/README.md", "flux.yaml")
    (path / "shop" / ".env").write_text("NOT_COMMITTED=1\n")
    put(shop, SHOP, UPGRADE, web=WEB_NEXT)
    assert committed(path)["shop/README.md"] == b"Ours\n"
    assert committed(path)["flux.yaml"] == b"flux: true\n"
    assert (path / "shop" / ".env").read_text() == "NOT_COMMITTED=1\n"
    assert "shop/.env" not in committed(path)


def test_what_others_changed_elsewhere_is_put_back_and_told(shop: Driver, path: Path) -> None:
    compose = path / "shop" / "compose.yaml"
    compose.write_text(compose.read_text().replace("postgres:16", "postgres:17"))
    commit_by_hand(path, "shop/compose.yaml")
    receipt = put(shop, SHOP, UPGRADE, web=WEB_NEXT)
    assert receipt.sentence.endswith("put back what others had changed in db")
    assert head(path).message.decode().endswith("Also put back what others had changed in db.\n")
    assert services(path)["db"]["image"] == "postgres:16"


def test_secret_values_are_for_the_owner_only(shop: Driver, path: Path) -> None:
    alongside = path.parent / "repository.secrets"
    values = alongside / "shop.env"
    assert from_env(values.read_bytes()) == {"DB_PASSWORD": PASSWORD}
    assert stat.S_IMODE(values.stat().st_mode) == 0o600
    assert stat.S_IMODE(alongside.stat().st_mode) == 0o700
    assert b"\n# DB_PASSWORD=\n" in committed(path, "shop")["secrets.env.example"]


def test_an_unfinished_session_keeps_its_values_private(shop: Driver, path: Path) -> None:
    values = path.parent / "repository.secrets" / "shop.env"
    before = values.read_bytes()
    with shop.session(SHOP, UPGRADE) as session:
        session.apply("db", part("postgres:17", secrets={"DB_PASSWORD": "another"}))
    assert values.read_bytes() == before
    remaining = [
        item for item in values.parent.iterdir() if stat.S_IMODE(item.stat().st_mode) & 0o077 and item.stat().st_size
    ]
    assert remaining == []


def test_a_rotated_secret_reaches_its_file_without_a_commit(shop: Driver, path: Path) -> None:
    rotated = part(
        WEB.component.image,
        secrets={"DB_PASSWORD": "rotated"},
        **{name: value for name, value in WEB.component.model_dump(mode="json").items() if name != "image"},
    )
    put(shop, SHOP, UPGRADE, web=rotated)
    assert from_env((path.parent / "repository.secrets" / "shop.env").read_bytes()) == {"DB_PASSWORD": "rotated"}
    assert set(committed(path)) >= {"shop/compose.yaml"}
    assert shop.read(SHOP)["web"].digest == rotated.digest


def test_a_value_that_nobody_needs_any_more_is_forgotten(shop: Driver, path: Path) -> None:
    put(shop, SHOP, UPGRADE, web=WEB_NEXT, db=None)
    assert not (path.parent / "repository.secrets" / "shop.env").exists()
    assert "secrets.env.example" not in committed(path, "shop")


def test_a_definition_changed_with_one_component_holds_for_all(driver: Driver, path: Path) -> None:
    old = part("app:1", mounts={"/data": {"source": "shared"}})
    new = part("app:2", mounts={"/data": {"source": "shared"}})
    renamed = type(new)(new.component, "new", {"shared": new.volumes["shared"].model_copy(update={"name": "fast"})})
    put(driver, SHOP, INSTALL, a=old, z=old)
    put(driver, SHOP, UPGRADE, a=renamed)
    assert YAML(typ="safe").load(committed(path, "shop")["compose.yaml"])["volumes"] == {"shared": {"name": "fast"}}
    assert {observed.state.value for observed in driver.read(SHOP).values()} == {"written"}


def test_commits_go_to_the_branch_of_the_target(path: Path) -> None:
    from apps_app.drivers.registry import open_driver

    driver = open_driver("git", {"path": str(path), "branch": "live"}, "")
    put(driver, SHOP, INSTALL, web=WEB)
    assert (path / ".git" / "HEAD").read_text() == "ref: refs/heads/live\n"
    assert len(driver.read(SHOP)) == 1


def test_a_repository_that_was_there_goes_on(path: Path, driver: Driver) -> None:
    from dulwich import porcelain

    path.mkdir()
    porcelain.init(path)
    (path / "README").write_text("ours")
    head_file = path / ".git" / "HEAD"
    head_file.write_text("ref: refs/heads/main\n")
    commit_by_hand(path, "README", message="First")
    put(driver, SHOP, INSTALL, web=WEB)
    assert commits(path) == ["First", INSTALL.subject]
    assert committed(path)["README"] == b"ours"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs the git command")
def test_git_itself_finds_no_fault(shop: Driver, path: Path) -> None:
    put(shop, SHOP, UPGRADE, web=WEB_NEXT, redis=REDIS)

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(path), *words], capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    assert git("fsck", "--strict", "--no-dangling").strip() in {"", "notice: HEAD points to an unborn branch (main)"}
    assert git("status", "--porcelain") == ""
    git("commit", "--allow-empty", "-q", "-m", "By git", "--author=Ann <ann@example>")
    put(shop, SHOP, ROLLBACK, web=WEB, redis=None)
    assert git("status", "--porcelain") == ""
    assert git("log", "--format=%s").split("\n")[:2] == [ROLLBACK.subject, "By git"]
