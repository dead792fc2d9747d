"""Files that are whole or not there, and locks."""

import stat
from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError
from apps_app.drivers.git.atomic_files import PRIVATE, held, replace, write_private


def test_a_file_is_replaced_with_its_mode_and_leaves_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "file"
    for data in (b"one", b"two"):
        replace(place, data, PRIVATE)
        assert place.read_bytes() == data
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert list(place.parent.iterdir()) == [place]


def test_a_replacement_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(DriverError, match="cannot be written"):
        write_private(tmp_path / "file", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_lock_is_for_one_or_for_all_who_read(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock, wait=0, busy="busy", shared=True), held(lock, wait=0, busy="busy", shared=True):
        with pytest.raises(DriverError, match="busy") as refused, held(lock, wait=0.05, busy="busy"):
            pass
        assert not refused.value.permanent
    with held(lock, wait=0, busy="busy"):
        pass


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(DriverError, match="cannot be used"), held(tmp_path / "no" / "lock", wait=0, busy="busy"):
        pass
