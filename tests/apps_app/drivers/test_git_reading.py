"""What the driver says of a repository that people touch."""

from collections.abc import Callable
from pathlib import Path

import pytest

from apps_app.drivers.base import Driver, DriverError, State
from tests.apps_app.drivers.conftest import put
from tests.apps_app.drivers.parts import DB, REDIS, SHOP, UPGRADE, WEB, WEB_NEXT
from tests.apps_app.drivers.repositories import commit_by_hand


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
EDITS = {
    "an image": ("compose.yaml", replaced("postgres:16", "postgres:17"), {"db"}),
    "the environment": ("compose.yaml", replaced("POSTGRES_DB: shop", "POSTGRES_DB: other"), {"db"}),
    "a config file": ("files/web/etc/shop/shop.ini", replaced("$shop", "other"), {"web"}),
    "a config in the Compose file": ("compose.yaml", replaced("password = ", "pass = "), {"web"}),
    "a volume's definition": ("compose.yaml", replaced("  db-data:\n", "  db-data:\n    name: fast\n"), {"db"}),
    "a comment": ("compose.yaml", replaced("services:\n", "# The shop\nservices:\n"), set()),
    "quotes": ("compose.yaml", replaced("image: postgres:16", "image: 'postgres:16'"), set()),
    "the example of secrets": ("secrets.env.example", replaced("# DB_PASSWORD=", "DB_PASSWORD=here"), set()),
}


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("commit", [True, False], ids=["committed", "not committed"])
def test_an_edit_by_hand_is_seen_where_it_matters(shop: Driver, path: Path, name: str, commit: bool) -> None:
    file, change, differing = EDITS[name]
    place = path / "shop" / file
    place.write_text(change(place.read_text()))
    if commit:
        commit_by_hand(path, f"shop/{file}")
    observed = shop.read(SHOP)
    assert {key for key, item in observed.items() if item.state is State.DIFFERS} == differing
    for key in differing:
        assert observed[key].digest == ""
        assert ("not committed" in observed[key].detail) is not commit
    assert {key for key, item in observed.items() if item.state is State.WRITTEN} == {"db", "web"} - differing


def test_a_service_that_was_taken_out_is_not_written(shop: Driver, path: Path) -> None:
    (path / "shop" / "compose.yaml").write_text("services:\n  db:\n    image: x\n")
    commit_by_hand(path, "shop/compose.yaml")
    assert {key: observed.state for key, observed in shop.read(SHOP).items()} == {
        "db": State.DIFFERS,
        "web": State.NOT_WRITTEN,
    }


def test_a_folder_that_was_deleted_and_committed_is_not_there(shop: Driver, path: Path) -> None:
    names = [f"shop/{item.relative_to(path / 'shop')}" for item in (path / "shop").rglob("*") if item.is_file()]
    for name in names:
        (path / name).unlink()
    commit_by_hand(path, *names)
    assert shop.read(SHOP) == {}
    put(shop, SHOP, UPGRADE, web=WEB, db=DB)
    assert set(shop.read(SHOP)) == {"db", "web"}


@pytest.mark.parametrize("text", ["services: [", "- 1", "services: 3", "", "a: *b", "services: {db: 1}", BOMB])
def test_a_compose_file_that_is_none_differs_and_is_put_back(shop: Driver, path: Path, text: str) -> None:
    (path / "shop" / "compose.yaml").write_text(text)
    commit_by_hand(path, "shop/compose.yaml")
    assert not {observed.state for observed in shop.read(SHOP).values()} & {State.WRITTEN}
    put(shop, SHOP, UPGRADE, web=WEB, db=DB)
    assert {observed.state for observed in shop.read(SHOP).values()} == {State.WRITTEN}


def test_missing_secret_values_are_seen_and_put_back(shop: Driver, path: Path) -> None:
    put(shop, SHOP, UPGRADE, redis=REDIS)
    (path.parent / "repository.secrets" / "shop.env").unlink()
    observed = shop.read(SHOP)
    assert {key: item.state for key, item in observed.items()} == {
        "db": State.DIFFERS,
        "redis": State.WRITTEN,
        "web": State.DIFFERS,
    }
    assert "DB_PASSWORD" in observed["db"].detail
    put(shop, SHOP, UPGRADE, db=DB)
    assert {item.state for item in shop.read(SHOP).values()} == {State.WRITTEN}


def test_changed_secret_values_are_seen(shop: Driver, path: Path) -> None:
    values = path.parent / "repository.secrets" / "shop.env"
    values.write_text(values.read_text().replace("Zq7", "Zq8"))
    assert {observed.state for observed in shop.read(SHOP).values()} == {State.DIFFERS}


def test_a_damaged_folder_is_an_error_in_words(shop: Driver, path: Path) -> None:
    (path / "shop" / ".uplift" / "components" / "web.json").write_text('{"component": 1}')
    commit_by_hand(path, "shop/.uplift/components/web.json")
    with pytest.raises(DriverError, match=r"'shop'.*cannot be read.*restore it from its history"):
        shop.read(SHOP)


def test_another_branch_in_the_work_tree_does_not_change_what_is_read(shop: Driver, path: Path) -> None:
    (path / ".git" / "HEAD").write_text("ref: refs/heads/other\n")
    (path / "shop" / "compose.yaml").unlink()
    assert {observed.state for observed in shop.read(SHOP).values()} == {State.WRITTEN}


def test_reading_makes_no_difference(shop: Driver, path: Path) -> None:
    def files() -> dict[str, float]:
        return {str(item): item.stat().st_mtime_ns for item in path.parent.rglob("*")}

    before = files()
    shop.read(SHOP)
    shop.ping()
    shop.check(SHOP, "web", WEB, WEB_NEXT)
    assert files() == before
