"""Start, stop and restart what is on the target, as it is there; nothing of what is wanted changes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps_app.actions.locks import alone, lock
from apps_app.actions.refresh_observations import observe
from apps_app.drivers.base import DriverError, Note, Session
from apps_app.models import Application, Busy
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.validation.resource_usage import needs_of


class Power(StrEnum):
    """What is done; in which order follows from it."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"

    @property
    def done(self) -> str:
        return {"start": "started", "stop": "stopped", "restart": "restarted"}[self.value]


def power(application: Application, by: Actor, verb: Power, *, key: str = "") -> tuple[str, ...]:
    """Does it to one component, or to all but the jobs; answers which, in the order it was done.

    Needed components start first and stop last. Raises Refused where nothing runs, while anybody is at work, where
    the target failed, and where a component is missing there; what was done all the same stays.
    """
    by.require(application.team, Role.OPERATOR)
    label = f"{key or 'all'} of {application}"
    with alone(application):
        locked, keys = _begin(application, by, verb, key, label)
        failed, missing = "Uplift itself failed here, and does not know what was done.", list[str]()
        try:
            failed = _carry_out(locked, by, verb, keys, missing)
        finally:
            done = () if failed else tuple(name for name in keys if name not in missing)
            left = {"failed": failed} if failed else {"missing": missing} if missing else {}
            _end(locked, by, verb, label, done, {"components": list(keys), **left})
    observe(locked)
    if failed:
        raise Refused(f"{locked.target}: {failed}")
    if missing:
        raise _not_there(locked, verb, done, missing)
    return done


def _not_there(application: Application, verb: Power, done: Sequence[str], missing: Sequence[str]) -> Refused:
    """ "web is missing on the target, so it was not started; put it back. Started: db." """
    is_single = len(missing) == 1
    missing_verb, started_verb = ("is", "it was") if is_single else ("are", "they were")
    text = f"{listed(missing)} {missing_verb} missing on the target, so {started_verb}"
    rest = f" {verb.done.capitalize()}: {listed(done)}." if done else ""
    url = reverse("upgrades:put-back", args=[application.slug, missing[0]])
    return Refused(f"{text} not {verb.done}; put {'it' if is_single else 'them'} back.{rest}", url=url)


@transaction.atomic
def _begin(
    application: Application, by: Actor, verb: Power, key: str, label: str
) -> tuple[Application, tuple[str, ...]]:
    """The intention is written, and others are kept away by a row that says so: a stop may take minutes."""
    locked = lock(application)
    if locked.target is None or not locked.target.runs:
        raise Refused(f"{locked} is on no target that starts anything.")
    keys = _in_order(_chosen(locked, key), verb)
    text = f"{verb.capitalize()} of {label}"[:200]
    Busy.objects.create(application=locked, label=text, url=locked.get_absolute_url(), by=by.name)
    audit.record(by, f"began to {verb}", locked, label=label, data={"components": list(keys)})
    return locked, keys


@transaction.atomic
def _end(
    application: Application, by: Actor, verb: Power, label: str, done: Sequence[str], data: dict[str, object]
) -> None:
    """What was stopped from here is told apart from what was stopped on the target."""
    Busy.objects.filter(application=application, record_id=None).delete()
    application.components.filter(key__in=done).update(stopped=verb is Power.STOP)
    audit.record(by, verb.done if done else f"tried to {verb}", application, label=label, data=data)


def _chosen(application: Application, key: str) -> dict[str, ComponentSpec]:
    rows = {row.key: spec for row in application.components.all() if (spec := row.applied_spec) is not None}
    if not key:
        result = {name: spec for name, spec in rows.items() if spec.kind != "job"}
        if not result:
            raise Refused(f"Nothing of {application} is on its target yet.")
        return result
    if key not in rows:
        raise Refused(f"{key} is not on the target yet.")
    return {key: rows[key]}


def _in_order(components: dict[str, ComponentSpec], verb: Power) -> tuple[str, ...]:
    needs = {key: set(needs_of(spec)) & components.keys() - {key} for key, spec in sorted(components.items())}
    try:
        order = tuple(TopologicalSorter(needs).static_order())
    except CycleError:
        order = tuple(sorted(components))
    return order[::-1] if verb is Power.STOP else order


def _carry_out(application: Application, by: Actor, verb: Power, keys: Sequence[str], missing: list[str]) -> str:
    """Why it could not be done whole; "" where it was. Those that are not there are added to `missing`."""
    note = Note(f"{verb.capitalize()} {', '.join(keys)}", timezone.now().isoformat(), by.name)
    try:
        target = application.target
        assert target is not None  # noqa: S101  # asked before
        driver = target.driver()
        with driver.session(application.placement, note) as session:
            existing = {key for key, item in driver.read(application.placement).items() if item.present}
            missing += [key for key in keys if key not in existing]
            for key in keys:
                if key in existing:
                    _do(session, verb, key)
    except DriverError as error:
        return str(error)
    return ""


def _do(session: Session, verb: Power, key: str) -> None:
    match verb:
        case Power.START:
            session.start(key)
        case Power.STOP:
            session.stop(key)
        case Power.RESTART:
            session.restart(key)
