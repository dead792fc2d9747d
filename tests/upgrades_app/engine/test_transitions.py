"""The status machine of records, against a drawing of it."""

import pytest

from upgrades_app.engine.execution.status_machine import OPEN, RECORD, RecordStatus, list_previous_statuses

DIAGRAM = """
planned → queued discarded superseded
queued → running aborted
running → succeeded partially_upgraded failed aborted rolling_back
rolling_back → rolled_back rollback_failed
"""


def test_exactly_the_diagram() -> None:
    drawn = {
        (RecordStatus(line.split(" → ")[0]), RecordStatus(after))
        for line in DIAGRAM.strip().splitlines()
        for after in line.split(" → ")[1].split()
    }

    assert {
        (before, after) for before in RecordStatus for after in RecordStatus if before in list_previous_statuses(after)
    } == drawn


@pytest.mark.parametrize("status", RecordStatus)
def test_what_is_open_can_go_on_and_what_is_closed_cannot(status: RecordStatus) -> None:
    assert (status in RECORD) == (status in OPEN or status is RecordStatus.PLANNED)


def test_where_a_status_may_come_from() -> None:
    assert list_previous_statuses(RecordStatus.QUEUED) == {RecordStatus.PLANNED}
