"""The file of secret values, as we and as Compose read it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps_app.drivers.base import Driver
from apps_app.drivers.git.secret_file import from_env, is_sealed, to_env
from tests.apps_app.drivers.compose_reader import compose_config
from tests.apps_app.drivers.conftest import put
from tests.apps_app.drivers.parts import DB, INSTALL, PASSWORD, REDIS, SHOP, UPGRADE, WEB, WEB_NEXT, part

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
AWKWARD = {
    "PLAIN": "secret",
    "EMPTY": "",
    "SPACES": "  two words  ",
    "HASH": "a #b",
    "DOLLAR": "$HOME ${HOME} $$ $",
    "SINGLE": "it's",
    "DOUBLE": 'say "hi"',
    "BOTH": "'\"'\"",
    "BACKSLASHES": r"a\b\\c\n\'",
    "LAST_BACKSLASH": "ends\\",
    "QUOTE_AND_DOLLAR": "'$HOME'",
    "LINES": "-----BEGIN KEY-----\nMIIB\n-----END KEY-----\n",
    "QUOTED_LINES": "it's\ntwo $LINES\\\n",
    "RETURNS": "a\r\nb\r",
    "EQUALS": "a=b=",
    "UNICODE": "Grüße, 世界",
    "TAB": "a\tb",
}


@given(st.dictionaries(NAMES, VALUES, max_size=8))
def test_what_is_written_is_read_again(values: dict[str, str]) -> None:
    written = to_env(values)
    assert from_env(written) == values
    assert is_sealed(written)
    assert to_env(dict(reversed(values.items()))) == written


@given(st.binary(max_size=200))
def test_any_file_can_be_read(data: bytes) -> None:
    from_env(data)
    assert not is_sealed(data)


def test_a_changed_file_is_not_sealed() -> None:
    written = to_env({"A": "1"})
    assert not is_sealed(written.replace(b"1'", b"2'"))
    assert not is_sealed(written + b"B='2'\n")
    assert from_env(written + b"# more\nB=2\nC = 3\n") == {"A": "1", "B": "2"}


@pytest.mark.reference
def test_compose_reads_the_values_that_were_meant(driver: Driver, path: Path) -> None:
    web = part("app", secrets=AWKWARD, env={name: f"${{{name}-}}" for name in AWKWARD})
    put(driver, SHOP, INSTALL, web=web)
    message = json.loads(compose_config(path / "shop", path.parent / "repository.secrets" / "shop.env"))
    assert message["services"]["web"]["environment"] == {name: escaped(value) for name, value in AWKWARD.items()}


@pytest.mark.reference
def test_compose_accepts_every_folder_of_a_life(driver: Driver, path: Path) -> None:
    values = path.parent / "repository.secrets" / "shop.env"
    put(driver, SHOP, INSTALL, db=DB, web=WEB)
    message = json.loads(compose_config(path / "shop", values))
    assert message["services"]["web"]["image"] == WEB.component.image
    assert message["services"]["web"]["environment"]["PRICE"] == "5$$"
    assert message["services"]["db"]["environment"]["POSTGRES_PASSWORD"] == escaped(PASSWORD)
    assert message["configs"]["web--etc-shop-db-ini"]["content"] == escaped(f"password = {PASSWORD}\n")
    put(driver, SHOP, UPGRADE, web=WEB_NEXT, redis=REDIS)
    assert set(json.loads(compose_config(path / "shop", values))["services"]) == {"db", "redis", "web"}


@pytest.mark.reference
def test_compose_demands_the_values_that_are_not_given(driver: Driver, path: Path) -> None:
    put(driver, SHOP, INSTALL, db=DB)
    with pytest.raises(ValueError, match="DB_PASSWORD"):
        compose_config(path / "shop", path / "shop" / "secrets.env.example")


def escaped(value: str) -> str:
    """As Compose prints a text in its result: a Compose file again."""
    return value.replace("$", "$$")
