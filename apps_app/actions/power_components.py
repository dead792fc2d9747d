from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps_app.actions.locks import exclusive_lock, lock_application
from apps_app.actions.refresh_observations import refresh_observations
from apps_app.drivers.base import DriverError, OperationNote, Session
from apps_app.models import Application, ApplicationLock
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.presentation.text import join_names
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.validation.resource_usage import find_dependencies


class PowerAction(StrEnum):
    """What is done; in which order follows from it."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"

    @property
    def past_tense(self) -> str:
        return {"start": "started", "stop": "stopped", "restart": "restarted"}[self.value]


def change_power(application: Application, by: Actor, verb: PowerAction, *, key: str = "") -> tuple[str, ...]:
    """Does it to one component, or to all but the jobs; answers which, in the order it was done.

    Needed components start first and stop last. Raises OperationRefused where nothing runs, while anybody is at work, where
    the target failed, and where a component is missing there; what was done all the same stays.
    """
    by.require(application.team, Role.OPERATOR)
    label = f"{key or 'all'} of {application}"
    with exclusive_lock(application):
        locked, keys = _acquire_lock(application, by, verb, key, label)
        failed, missing = "Internal error. The state of the components is unknown.", list[str]()
        try:
            failed = _execute(locked, by, verb, keys, missing)
        finally:
            done = () if failed else tuple(name for name in keys if name not in missing)
            left = {"failed": failed} if failed else {"missing": missing} if missing else {}
            _release_lock(locked, by, verb, label, done, {"components": list(keys), **left})
    refresh_observations(locked)
    if failed:
        raise OperationRefused(f"{locked.target}: {failed}")
    if missing:
        raise _find_missing(locked, verb, done, missing)
    return done


def _find_missing(
    application: Application, verb: PowerAction, done: Sequence[str], missing: Sequence[str]
) -> OperationRefused:
    """ "web is missing on the target, so it was not started; put it back. Started: db." """
    is_item = len(missing) == 1
    verb_phrase, pronoun = ("is", "it was") if is_item else ("are", "they were")
    text = f"{join_names(missing)} {verb_phrase} missing on the target, so {pronoun}"
    rest = f" {verb.past_tense.capitalize()}: {join_names(done)}." if done else ""
    url = reverse("upgrades:drift-revert", args=[application.slug, missing[0]])
    return OperationRefused(
        f"{text} not {verb.past_tense}; use Revert drift to restore {'it' if is_item else 'them'}.{rest}", url=url
    )


@transaction.atomic
def _acquire_lock(
    application: Application, by: Actor, verb: PowerAction, key: str, label: str
) -> tuple[Application, tuple[str, ...]]:
    """The intention is written, and others are kept away by a row that says so: a stop may take minutes."""
    locked = lock_application(application)
    if locked.target is None or not locked.target.starts_containers:
        raise OperationRefused(f"{locked} has no target that starts containers.")
    keys = _sort_by_dependency(_select_components(locked, key), verb)
    text = f"{verb.capitalize()} of {label}"[:200]
    ApplicationLock.objects.create(application=locked, label=text, url=locked.get_absolute_url(), by=by.name)
    audit.record(by, f"began to {verb}", locked, label=label, data={"components": list(keys)})
    return locked, keys


@transaction.atomic
def _release_lock(
    application: Application, by: Actor, verb: PowerAction, label: str, done: Sequence[str], data: dict[str, object]
) -> None:
    """What was stopped from here is told apart from what was stopped on the target."""
    ApplicationLock.objects.filter(application=application, record_id=None).delete()
    application.components.filter(key__in=done).update(stopped=verb is PowerAction.STOP)
    audit.record(by, verb.past_tense if done else f"tried to {verb}", application, label=label, data=data)


def _select_components(application: Application, key: str) -> dict[str, ComponentSpec]:
    rows = {row.key: spec for row in application.components.all() if (spec := row.applied_spec) is not None}
    if not key:
        result = {name: spec for name, spec in rows.items() if spec.kind != "job"}
        if not result:
            raise OperationRefused(f"{application} is not deployed yet.")
        return result
    if key not in rows:
        raise OperationRefused(f"{key} is not deployed yet.")
    return {key: rows[key]}


def _sort_by_dependency(components: dict[str, ComponentSpec], verb: PowerAction) -> tuple[str, ...]:
    needs = {key: set(find_dependencies(spec)) & components.keys() - {key} for key, spec in sorted(components.items())}
    try:
        order = tuple(TopologicalSorter(needs).static_order())
    except CycleError:
        order = tuple(sorted(components))
    return order[::-1] if verb is PowerAction.STOP else order


def _execute(application: Application, by: Actor, verb: PowerAction, keys: Sequence[str], missing: list[str]) -> str:
    """Why it could not be done whole; "" where it was. Those that are not there are added to `missing`."""
    note = OperationNote(f"{verb.capitalize()} {', '.join(keys)}", timezone.now().isoformat(), by.name)
    try:
        target = application.target
        assert target is not None  # noqa: S101  # asked before
        driver = target.open_driver()
        with driver.session(application.placement, note) as session:
            existing = {key for key, item in driver.read(application.placement).items() if item.present}
            missing += [key for key in keys if key not in existing]
            for key in keys:
                if key in existing:
                    _call_driver(session, verb, key)
    except DriverError as error:
        return str(error)
    return ""


def _call_driver(session: Session, verb: PowerAction, key: str) -> None:
    match verb:
        case PowerAction.START:
            session.start(key)
        case PowerAction.STOP:
            session.stop(key)
        case PowerAction.RESTART:
            session.restart(key)
