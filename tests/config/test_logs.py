import io
import logging
from collections.abc import Iterator
from logging.config import dictConfig

import pytest

from apps_app.models import Target
from config.accounts.models import Team, User
from config.logs import OneLineFormatter, configure_logs
from tests.conftest import SignedIn


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_local_variable_of_a_frame_is_logged(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    dictConfig(configure_logs(form, "INFO"))
    try:
        _fail_with("hunter" + "2")
    except ValueError:
        logging.getLogger("uplift.test").exception("it failed")
    finally:
        logging.getLogger().handlers[:] = before
        dictConfig(configure_logs("text", "INFO"))
        logging.getLogger().handlers[:] = before
    printed = capsys.readouterr().err
    assert "it failed" in printed
    assert "ValueError" in printed
    assert "hunter2" not in printed


def _fail_with(password: str) -> None:
    raise ValueError(f"{len(password)} characters are too few")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the project's handler writes, beside what it writes elsewhere."""
    config = configure_logs("text", "INFO")
    handler = logging.StreamHandler(io.StringIO())
    handler.addFilter(OneLineFormatter())
    handler.setFormatter(config["formatters"]["uplift"]["()"](processors=config["formatters"]["uplift"]["processors"]))
    logging.getLogger("django").addHandler(handler)
    yield handler.stream
    logging.getLogger("django").removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/apps/nothing/", "404 GET /apps/nothing/ by viewer: Not Found: /apps/nothing/"),
        (
            "/targets/shop/files/edit/",
            "403 GET /targets/shop/files/edit/ by viewer: You are a viewer of team Shop; this requires an owner.",
        ),
        ("/no\u2028where/", "404 GET /no\\u2028where/ by viewer: "),
    ],
)
def test_what_is_refused_is_one_line(path: str, line: str, viewer: User, logged: io.StringIO) -> None:
    Target.objects.create(team=Team.objects.get(slug="shop"), slug="files", kind="git", config={"path": "x"})
    SignedIn(viewer).get(path)
    written = logged.getvalue().strip()
    assert line in written
    assert len(written.splitlines()) == 1


def test_our_own_fault_has_its_traceback() -> None:
    fault = ValueError("ours")
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "it", (), (ValueError, fault, None))
    record.status_code = 500
    assert OneLineFormatter().filter(record)
    assert record.exc_info is not None


def test_the_files_logs_go_through_it() -> None:
    assert configure_logs("json", "INFO")["handlers"]["stderr"]["filters"] == ["one_line"]
