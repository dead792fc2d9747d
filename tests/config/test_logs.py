import logging
from logging.config import dictConfig

import pytest

from config.logs import configure_logs


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
