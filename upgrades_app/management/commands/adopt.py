"""Makes an application of what runs on a target already."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, override

from apps_app.actions.import_compose import summary
from apps_app.drivers.adoption import Stranger
from apps_app.formats.docker_inspect.read import Adopted
from apps_app.models import Target
from config.commands import Outcome, UpliftCommand
from config.errors import Refused
from upgrades_app.actions.adopt import adopt, look_at, seen_digest, strangers_on
from upgrades_app.commands.lookup import target_of


class Command(UpliftCommand):
    help = "Make an application of containers that others started. Nothing of them is touched."
    examples = """
  manage.py adopt --target engine --project blog --app blog --check
  manage.py adopt --target engine --project blog --app blog
  manage.py adopt --target engine --container legacy-web --container legacy-db --app legacy --json
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--target", required=True, metavar="T", help="the target that they run on")
        parser.add_argument("--team", metavar="TEAM", help="the target's team, where several have one of this name")
        parser.add_argument("--project", metavar="P", help="all containers of this Compose project")
        parser.add_argument(
            "--container", action="append", default=[], metavar="C", help="this container, by its name or id"
        )
        parser.add_argument("--app", required=True, metavar="NAME", dest="name", help="the new application's name")
        parser.add_argument("--check", action="store_true", help="only say what would be taken in")

    @override
    def work(self, *args: Any, **options: Any) -> Outcome:
        target = target_of(self.actor, options["target"], options["team"])
        chosen = [container.id for container in _chosen(target, options["project"], options["container"])]
        adopted = look_at(target, chosen)
        data = _data(adopted)
        lines = tuple(_lines(adopted))
        if options["check"]:
            return Outcome((*lines, "Checked; nothing was taken in."), {**data, "checked": True})
        project = options["project"]
        source = f"the project {project} on {target}" if project else f"{len(chosen)} containers on {target}"
        application = adopt(
            self.actor, target=target, name=options["name"], containers=chosen, source=source, seen=seen_digest(adopted)
        )
        text = f"{application.slug} is taken in. Nothing of it was touched."
        return Outcome((*lines, text), {"application": application.slug, **data})


def _chosen(target: Target, project: str | None, names: Sequence[str]) -> list[Stranger]:
    """Raises Refused for what is not there, or belongs to an application already."""
    unmanaged = strangers_on(target)
    if project is not None and not any(container.project == project for container in unmanaged):
        raise Refused(f"There is no Compose project {project} on {target} that could be taken in.")
    for name in names:
        matches = [container for container in unmanaged if _is(container, name)]
        if len(matches) != 1:
            problem = "are several containers" if matches else "is no container"
            raise Refused(f"There {problem} {name} to take in on {target}.")
    return [
        container
        for container in unmanaged
        if (project and container.project == project) or any(_is(container, name) for name in names)
    ]


def _is(container: Stranger, name: str) -> bool:
    return name == container.name or (len(name) >= 12 and container.id.startswith(name))


def _lines(adopted: Adopted) -> list[str]:
    lines = [
        f"  {key:<20} {component.image}  {_counted(len(adopted.containers[key]))}"
        for key, component in sorted(adopted.spec.components.items())
    ]
    lines += [
        f"  sealed: {credential.parameter or credential.path}, {credential.reason}"
        for credential in adopted.imported.credentials
    ]
    return lines + [f"  {'✕' if notice.weight == 'lost' else '·'} {notice}" for notice in adopted.imported.notices]


def _counted(containers: int) -> str:
    return "1 container" if containers == 1 else f"{containers} containers"


def _data(adopted: Adopted) -> dict[str, Any]:
    return {**summary(adopted.imported, ""), "containers": {key: list(ids) for key, ids in adopted.containers.items()}}
