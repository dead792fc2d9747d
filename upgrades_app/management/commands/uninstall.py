from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any, override

from apps_app.models import Application
from config.commands import CommandOutcome
from config.errors import OperationRefused
from upgrades_app.commands.lookup import get_application
from upgrades_app.commands.options import UpgradeOptions, add_run_options
from upgrades_app.commands.upgrade_command import UpgradeCommand
from upgrades_app.engine.inputs.planning_input import OperationKind


class Command(UpgradeCommand):
    help = "Remove an application from its target. The application itself is kept."
    examples = """
  manage.py uninstall shop-copy --dry-run
  manage.py uninstall shop-copy --yes                              (volumes are kept)
  manage.py uninstall shop-copy --delete-volumes cache --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="application slug")
        parser.add_argument(
            "--delete-volumes",
            action="append",
            default=[],
            metavar="NAME",
            help="delete this volume and its data permanently (default: keep all volumes)",
        )
        add_run_options(parser)

    @override
    def run_command(self, options: dict[str, Any]) -> CommandOutcome:
        application = get_application(self.actor, options["application"])
        names: list[str] = options["delete_volumes"]
        check_volumes_exist(application, names)
        self.options = UpgradeOptions.from_arguments({**options, "answer": [f"volume:{name}=remove" for name in names]})
        return self.run_operation(application, OperationKind.UNINSTALL, None, f"Uninstall {application}?")


def check_volumes_exist(application: Application, names: Iterable[str]) -> None:
    """Raise OperationRefused for volumes the application does not own."""
    if not names:
        return
    if application.target is not None and not application.target.starts_containers:
        raise OperationRefused(
            f"Target {application.target} does not run containers, so {application} has no volumes to delete."
        )
    own = sorted(name for name, volume in application.applied_spec().volumes.items() if not volume.external)
    if unknown := sorted(set(names) - set(own)):
        available = f"Available: {', '.join(own)}" if own else "It has none"
        raise OperationRefused(f"{application} has no volume {', '.join(unknown)}. {available}.")
