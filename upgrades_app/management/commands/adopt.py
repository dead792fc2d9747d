from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, override

from apps_app.actions.import_compose import summarize_import
from apps_app.drivers.adoption import UnmanagedContainer
from apps_app.formats.docker_inspect.read import AdoptedDocument
from apps_app.models import Target
from config.commands import CommandOutcome, UpliftCommand
from config.errors import OperationRefused
from upgrades_app.actions.adopt import adopt, compute_adoption_digest, list_unmanaged_containers, read_containers
from upgrades_app.commands.lookup import get_target


class Command(UpliftCommand):
    help = "Adopt running containers as an application. The containers are not changed."
    examples = """
  manage.py adopt --target engine --project blog --app blog --check
  manage.py adopt --target engine --project blog --app blog
  manage.py adopt --target engine --container legacy-web --container legacy-db --app legacy --json
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--target", required=True, metavar="T", help="target of the containers")
        parser.add_argument(
            "--team", metavar="TEAM", help="team of the target, if several teams have a target with that slug"
        )
        parser.add_argument("--project", metavar="P", help="all containers of this Compose project")
        parser.add_argument(
            "--container", action="append", default=[], metavar="C", help="container name or id (repeatable)"
        )
        parser.add_argument("--app", required=True, metavar="NAME", dest="name", help="name of the new application")
        parser.add_argument("--check", action="store_true", help="only show what would be adopted")

    @override
    def work(self, *args: Any, **options: Any) -> CommandOutcome:
        target = get_target(self.actor, options["target"], options["team"])
        chosen = [container.id for container in _select(target, options["project"], options["container"])]
        adopted = read_containers(target, chosen)
        data = _build_data(adopted)
        lines = tuple(_format_lines(adopted))
        if options["check"]:
            return CommandOutcome((*lines, "Checked. No containers adopted."), {**data, "checked": True})
        project = options["project"]
        source = f"project {project} on {target}" if project else f"{len(chosen)} containers on {target}"
        application = adopt(
            self.actor,
            target=target,
            name=options["name"],
            containers=chosen,
            source=source,
            digest=compute_adoption_digest(adopted),
        )
        text = f"{application.slug} adopted. No containers were changed."
        return CommandOutcome((*lines, text), {"application": application.slug, **data})


def _select(target: Target, project: str | None, names: Sequence[str]) -> list[UnmanagedContainer]:
    """Select containers. Raises OperationRefused for unknown or managed ones."""
    unmanaged = list_unmanaged_containers(target)
    if project is not None and not any(container.project == project for container in unmanaged):
        raise OperationRefused(f"Compose project {project} on {target} does not exist or is already managed.")
    for name in names:
        matches = [container for container in unmanaged if _matches(container, name)]
        if len(matches) != 1:
            problem = "is ambiguous" if matches else "does not exist or is already managed"
            raise OperationRefused(f"Container {name} on {target} {problem}.")
    return [
        container
        for container in unmanaged
        if (project and container.project == project) or any(_matches(container, name) for name in names)
    ]


def _matches(container: UnmanagedContainer, name: str) -> bool:
    return name == container.name or (len(name) >= 12 and container.id.startswith(name))


def _format_lines(adopted: AdoptedDocument) -> list[str]:
    lines = [
        f"  {key:<20} {component.image}  {_count_containers(len(adopted.containers[key]))}"
        for key, component in sorted(adopted.spec.components.items())
    ]
    lines += [
        f"  sealed: {credential.parameter or credential.path}, {credential.reason}"
        for credential in adopted.imported.credentials
    ]
    return lines + [f"  {'✕' if notice.weight == 'lost' else '·'} {notice}" for notice in adopted.imported.notices]


def _count_containers(containers: int) -> str:
    return "1 container" if containers == 1 else f"{containers} containers"


def _build_data(adopted: AdoptedDocument) -> dict[str, Any]:
    return {
        **summarize_import(adopted.imported, ""),
        "containers": {key: list(ids) for key, ids in adopted.containers.items()},
    }
