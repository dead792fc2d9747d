from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from config.commands import CommandOutcome
from upgrades_app.commands.lookup import get_application, get_installed_template, get_version
from upgrades_app.commands.options import add_merge_options, add_port_option, add_run_options, add_value_options
from upgrades_app.commands.upgrade_command import UpgradeCommand
from upgrades_app.engine.inputs.planning_input import OperationKind


class Command(UpgradeCommand):
    help = "Upgrade an installed application to a released version of its template."
    examples = """
  manage.py upgrade shop-copy --to 1.1
  manage.py upgrade shop-copy --to 1.1 --dry-run              (exits with 3 if there are changes)
  manage.py upgrade shop-copy --to 1.1 --plan sha256:… --yes  (only that plan)
  manage.py upgrade shop-staging --to 1.1 --on-conflict ours --on-removed keep --yes
  manage.py upgrade shop-staging --to 1.1 --answer conflict:components.worker.env.WORKERS=theirs --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="application slug")
        parser.add_argument("--to", required=True, metavar="V", help="version to upgrade to")
        parser.add_argument("--only", action="append", metavar="KEY", help="only upgrade this component (repeatable)")
        add_value_options(parser)
        add_port_option(parser)
        add_merge_options(parser)
        add_run_options(parser)

    @override
    def run_command(self, options: dict[str, Any]) -> CommandOutcome:
        application = get_application(self.actor, options["application"])
        to = get_version(get_installed_template(application), options["to"])
        return self.run_operation(application, OperationKind.UPGRADE, to, f"Upgrade {application} to {to.version}?")
