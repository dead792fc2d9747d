"""Gives a component another key, or makes a second one like it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import transaction

from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import refuse_new_faults, write_desired
from apps_app.models import Application, Component, Origin
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.interpolation.text_rewriter import texts
from templates_app.appspec.merge.rekey import rekeyed
from templates_app.appspec.presentation.path_labels import place
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec, Volume


@transaction.atomic
def rename_component(application: Application, by: Actor, *, key: str, to: str, as_own: bool = False) -> Component:
    """`key` is called `to` from now on; what depends on it, or shares its network, follows.

    On a target that is one that goes and a new one. One that came from a template version is its application's own
    from then on, which `as_own` accepts. Raises Refused, and SpecError where the whole would not hold together.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    before = application.desired_spec()
    _refuse_keys(application, before, key, to)
    if not as_own and comes_from_template(application, key):
        raise Refused(f"{key} comes from the template: called {to}, later versions do not upgrade it any more.")
    after = rekeyed(before, {key: to})
    refuse_new_faults(before, after)
    return _written(application, by, after, {"from": key, "to": to}, "renamed component")


@transaction.atomic
def copy_component(application: Application, by: Actor, *, key: str, to: str) -> Component:
    """A second component like `key`, with volumes of its own that start empty and without published ports.

    Raises Refused, and SpecError where the whole would not hold together.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    before = application.desired_spec()
    _refuse_keys(application, before, key, to)
    sources = own_volumes(before, key, to)
    copied = _beside(before.components[key], sources)
    volumes = {
        **before.volumes,
        **{new: before.volumes.get(old, Volume()).model_copy(update={"name": ""}) for old, new in sources.items()},
    }
    after = before.model_copy(update={"components": {**before.components, to: copied}, "volumes": volumes})
    refuse_new_faults(before, after)
    return _written(application, by, after, {"from": key, "to": to}, "copied component")


def comes_from_template(application: Application, key: str) -> bool:
    """Whether an installed version has this component."""
    return Origin.objects.filter(
        installation__application=application, component__key=key, state=Origin.State.PRESENT
    ).exists()


def own_volumes(spec: AppSpec, key: str, to: str) -> Mapping[str, str]:
    """The volumes that `key` mounts, each with the name that a copy called `to` gives its own; external ones stay."""
    named = {mount.source for mount in spec.components[key].mounts.values() if mount.kind == "volume"}
    own = sorted(name for name in named if name and "$" not in name and not _is_external(spec, name))
    used = set(spec.volumes)
    result: dict[str, str] = {}
    for name in own:
        rest = re.sub(rf"^{re.escape(key)}(?![^\W_])[-_.]*", "", name)
        desired = f"{to}-{rest}" if rest else to
        free = [desired, *(f"{desired}-{number}" for number in range(2, len(used) + 3))]
        result[name] = next(candidate for candidate in free if candidate not in used)
        used.add(result[name])
    return result


def mentions(spec: AppSpec, key: str) -> tuple[str, ...]:
    """The places of other components whose text holds the key as a host name: they are not rewritten."""
    word = re.compile(rf"(?<![\w.-]){re.escape(key)}(?![\w-])")
    return tuple(
        place(("components", name, *path))
        for name, component in sorted(spec.components.items())
        if name != key
        for path, text in texts(component, keys=False)
        if path[0] in {"env", "command", "entrypoint", "config_files"} and word.search(text)
    )


def _refuse_keys(application: Application, spec: AppSpec, key: str, to: str) -> None:
    if key not in spec.components:
        raise Refused(f"There is no component {key}.")
    if to in spec.components:
        raise Refused(f"There is a component {to} already.")
    if application.components.filter(key=to).exists():
        raise Refused(f"The removal of {to} is not applied yet. Apply that first, or choose another key.")


def _is_external(spec: AppSpec, volume: str) -> bool:
    return volume in spec.volumes and spec.volumes[volume].external


def _beside(component: ComponentSpec, sources: Mapping[str, str]) -> ComponentSpec:
    """Without what only one can have: published ports, addresses, aliases; with volumes of its own."""
    mounts = {
        path: mount.model_copy(update={"source": sources.get(mount.source, mount.source)})
        for path, mount in component.mounts.items()
    }
    networks = {
        name: use.model_copy(update={"ipv4_address": "", "ipv6_address": "", "aliases": ()})
        for name, use in component.networks.items()
    }
    engine = {name: value for name, value in component.engine.items() if name not in {"container_name", "mac_address"}}
    return component.model_copy(
        update={
            "ports": {port: {} for port in component.ports},
            "mounts": mounts,
            "networks": networks,
            "engine": engine,
        }
    )


def _written(application: Application, by: Actor, after: AppSpec, keys: Mapping[str, str], verb: str) -> Component:
    write_desired(application, after, by)
    row = application.components.get(key=keys["to"])
    audit.record(by, verb, row, team=application.team, url=row.get_absolute_url(), data=dict(keys))
    return row
