import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import KNOWN, BadVariable, Environment
from config.keys import embedded_keys

KEY = "dXBsaWZ0LXRlc3RzLW9ubHktbm90LWEtc2VjcmV0LTE="


@pytest.mark.parametrize(("text", "value"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_flags_are_read(text: str, value: bool) -> None:
    assert Environment({"UPLIFT_DEBUG": text}).flag("UPLIFT_DEBUG") is value


def test_a_flag_that_is_no_flag_is_named() -> None:
    with pytest.raises(BadVariable, match="UPLIFT_DEBUG is 'maybe'; it must be yes or no"):
        Environment({"UPLIFT_DEBUG": "maybe"}).flag("UPLIFT_DEBUG")


def test_an_unknown_variable_is_named() -> None:
    with pytest.raises(BadVariable, match="^UPLIFT_HOST is no variable that Uplift knows; .*UPLIFT_HOSTS"):
        Environment({"UPLIFT_HOST": "example.org"})


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "ten"])
def test_a_number_that_is_none_is_named(text: str) -> None:
    with pytest.raises(BadVariable, match="UPLIFT_SESSION_HOURS is .* whole number"):
        Environment({"UPLIFT_SESSION_HOURS": text}).number("UPLIFT_SESSION_HOURS", 12)


def test_a_database_url_is_read() -> None:
    url = "postgresql://up%40lift:p%2Fw@db.example:6432/uplift?sslmode=require"
    assert Environment({"DATABASE_URL": url}).database("DATABASE_URL") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "uplift",
        "USER": "up@lift",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_url_may_name_a_socket_folder() -> None:
    read = Environment({"DATABASE_URL": "postgresql:///uplift?host=/run/postgresql"}).database("DATABASE_URL")
    assert read is not None
    assert (read["HOST"], read["OPTIONS"]) == ("/run/postgresql", {})


@pytest.mark.parametrize("url", ["mysql://db/uplift", "postgresql://db", "uplift", "postgresql://db:port/uplift"])
def test_another_database_url_is_refused(url: str) -> None:
    with pytest.raises(BadVariable, match="^DATABASE_URL"):
        Environment({"DATABASE_URL": url}).database("DATABASE_URL")


@pytest.mark.parametrize(
    ("url", "tls", "ssl", "port"),
    [
        ("smtp+starttls://u:p@mail", True, False, 587),
        ("smtps://mail", False, True, 465),
        ("smtp://m:25", False, False, 25),
    ],
)
def test_an_email_url_is_read(url: str, tls: bool, ssl: bool, port: int) -> None:
    options = Environment({"UPLIFT_EMAIL_URL": url}).email("UPLIFT_EMAIL_URL")["OPTIONS"]
    assert isinstance(options, dict)
    assert (options["use_tls"], options["use_ssl"], options["port"]) == (tls, ssl, port)


def test_the_key_file_is_made_once_and_is_private(tmp_path: Path) -> None:
    keys = embedded_keys(tmp_path / "var")
    assert embedded_keys(tmp_path / "var") == keys
    assert (tmp_path / "var" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret.key"]


def test_the_readme_lists_every_variable_of_operators(project: Path) -> None:
    for_tests = {name for name in KNOWN if name.startswith("UPLIFT_TEST")}
    own = for_tests | {"UPLIFT_CHROMIUM", "UPLIFT_CI", "UPLIFT_DEMO"}
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", (project / "README.md").read_text(), re.MULTILINE))
    assert rows == KNOWN - own | {"DATABASE_URL"}


@pytest.mark.parametrize(("hours", "seconds"), [("", 12 * 3600), ("2", 7200)])
def test_the_hours_of_a_session_are_set_by_a_variable(hours: str, seconds: int, project: Path, tmp_path: Path) -> None:
    code = "from django.conf import settings; print(settings.SESSION_COOKIE_AGE)"
    done = with_settings(project, tmp_path, {"UPLIFT_SESSION_HOURS": hours}, "-c", code)
    assert done.stdout.strip() == f"{seconds}"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"UPLIFT_DEBUG": "maybe"}, "UPLIFT_DEBUG is 'maybe'"),
        ({"UPLIFT_NONSENSE": "1"}, "UPLIFT_NONSENSE is no variable"),
        ({"DATABASE_URL": "postgresql://db/uplift"}, "UPLIFT_SECRET_KEYS must be set when DATABASE_URL is"),
        ({"UPLIFT_SECRET_KEYS": "short"}, "UPLIFT_SECRET_KEYS: key 1 is no key"),
        ({"UPLIFT_LOG_LEVEL": "LOUD"}, "UPLIFT_LOG_LEVEL is 'LOUD'; it must be one of"),
        ({"UPLIFT_SESSION_HOURS": "0"}, "UPLIFT_SESSION_HOURS is '0'; it must be a whole number, 1 or more"),
    ],
)
def test_a_command_refuses_nonsense_in_one_sentence(
    variables: dict[str, str], sentence: str, project: Path, tmp_path: Path
) -> None:
    done = with_settings(project, tmp_path, variables, "manage.py", "check")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def with_settings(
    project: Path, var: Path, variables: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """A Python process with the real settings, made of these variables alone."""
    ours = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith("UPLIFT_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**ours, "UPLIFT_VAR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
