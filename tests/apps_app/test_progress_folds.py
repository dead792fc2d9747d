"""A large publication: what is unremarkable is folded, and counted."""

from apps_app.publication.progress import FEW, PublicationProgress
from templates_app.models import SyncRecord

S, R = SyncRecord.Status, SyncRecord.Relation


def lines(*each: tuple[SyncRecord.Status, SyncRecord.Relation, int]) -> tuple[SyncRecord, ...]:
    every = [(status, relation) for status, relation, count in each for _ in range(count)]
    return tuple(
        SyncRecord(pk=n, key=f"k{n}", status=status, relation=relation) for n, (status, relation) in enumerate(every)
    )


def test_few_lines_are_all_in_sight() -> None:
    progress = PublicationProgress(lines((S.DONE, R.UNCHANGED, FEW)), open=True)
    assert (len(progress.visible_lines), progress.folded) == (FEW, ())


def test_what_failed_or_changed_stays_in_sight() -> None:
    progress = PublicationProgress(
        lines((S.DONE, R.UNCHANGED, 40), (S.DONE, R.CHANGED, 2), (S.FAILED, R.UNCHANGED, 1), (S.DONE, R.NEW, 1)),
        open=True,
    )
    assert len(progress.folded) == 40
    assert [line.relation for line in progress.visible_lines] == [R.CHANGED, R.CHANGED, R.UNCHANGED, R.NEW]
    assert progress.folded_summary == "40 synchronized"


def test_where_all_are_new_being_new_is_nothing_remarkable() -> None:
    progress = PublicationProgress(lines((S.DONE, R.NEW, 57), (S.WAITING, R.NEW, 2), (S.RUNNING, R.NEW, 1)), open=True)
    assert [line.status for line in progress.visible_lines] == [S.RUNNING]
    assert progress.folded_summary == "57 synchronized, 2 waiting"
