from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from apps_app.models import Application
from config.commands import CommandOutcome
from config.errors import OperationRefused
from templates_app.models import TemplateVersion
from upgrades_app.commands.lookup import get_application, get_installed_template, get_version
from upgrades_app.commands.options import add_merge_options, add_run_options
from upgrades_app.commands.upgrade_command import UpgradeCommand
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.queries.rollback_targets import list_rollback_targets


class Command(UpgradeCommand):
    help = "Roll back an application to an earlier version. Later edits are kept."
    examples = """
  manage.py rollback shop-copy                  (to the previous version)
  manage.py rollback shop-copy --to 1.0 --dry-run
  manage.py rollback shop-copy --to 1.0 --answer volume:cache=remove --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="application slug")
        parser.add_argument("--to", metavar="V", help="version to roll back to (default: the previous version)")
        add_merge_options(parser)
        add_run_options(parser)

    @override
    def run_command(self, options: dict[str, Any]) -> CommandOutcome:
        application = get_application(self.actor, options["application"])
        to = _get_target_version(application, options["to"])
        return self.run_operation(application, OperationKind.ROLLBACK, to, f"Roll back {application} to {to.version}?")


def _get_target_version(application: Application, text: str | None) -> TemplateVersion:
    template = get_installed_template(application)
    if text is not None:
        return get_version(template, text)
    targets = list_rollback_targets(application)
    if not targets:
        raise OperationRefused(f"{application} has no earlier version to roll back to.")
    return targets[0].version
