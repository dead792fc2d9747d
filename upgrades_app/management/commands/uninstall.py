from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any, override

from apps_app.models import Application
from config.commands import Outcome
from config.errors import Refused
from upgrades_app.commands.lookup import application_of
from upgrades_app.commands.options import Switches, add_running_switches
from upgrades_app.commands.upgrade_command import RoadCommand
from upgrades_app.engine.inputs.planning_input import Kind


class Command(RoadCommand):
    help = "Take an application off its target. What is set up here stays: apply it again, or delete it."
    examples = """
  manage.py uninstall shop-copy --dry-run
  manage.py uninstall shop-copy --yes                              (volumes are kept)
  manage.py uninstall shop-copy --delete-volumes cache --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="the slug of the application")
        parser.add_argument(
            "--delete-volumes",
            action="append",
            default=[],
            metavar="NAME",
            help="delete this volume and its data, for ever (default: every volume is kept)",
        )
        add_running_switches(parser)

    @override
    def go(self, options: dict[str, Any]) -> Outcome:
        application = application_of(self.actor, options["application"])
        names: list[str] = options["delete_volumes"]
        refuse_unknown_volumes(application, names)
        self.switches = Switches.read({**options, "answer": [f"volume:{name}=remove" for name in names]})
        return self.move(application, Kind.UNINSTALL, None, f"Uninstall {application}?")


def refuse_unknown_volumes(application: Application, names: Iterable[str]) -> None:
    """Raises Refused for a volume that the application does not have on its target, or that is not its own."""
    if not names:
        return
    if application.target is not None and not application.target.runs:
        raise Refused(f"{application.target} starts nothing, so {application} has no data there to delete.")
    own = sorted(name for name, volume in application.applied_spec().volumes.items() if not volume.external)
    if unknown := sorted(set(names) - set(own)):
        has = f"it has {', '.join(own)}" if own else "it has none"
        raise Refused(f"{application} has no volume {', '.join(unknown)} of its own on its target; {has}.")
