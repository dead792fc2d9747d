from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from config.commands import Outcome
from upgrades_app.commands.lookup import application_of, installed_template, version_of
from upgrades_app.commands.options import add_merge_switches, add_port_switch, add_running_switches, add_value_switches
from upgrades_app.commands.upgrade_command import RoadCommand
from upgrades_app.engine.inputs.planning_input import Kind


class Command(RoadCommand):
    help = "Upgrade an installed application to a released version of its template."
    examples = """
  manage.py upgrade shop-copy --to 1.1
  manage.py upgrade shop-copy --to 1.1 --dry-run              (3: there is something to do)
  manage.py upgrade shop-copy --to 1.1 --plan sha256:… --yes  (what that dry run printed, or nothing)
  manage.py upgrade shop-staging --to 1.1 --on-conflict ours --on-removed keep --yes
  manage.py upgrade shop-staging --to 1.1 --answer conflict:components.worker.env.WORKERS=theirs --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="the slug of the application")
        parser.add_argument("--to", required=True, metavar="V", help="the version to upgrade to")
        parser.add_argument("--only", action="append", metavar="KEY", help="upgrade this component, leave the rest")
        add_value_switches(parser)
        add_port_switch(parser)
        add_merge_switches(parser)
        add_running_switches(parser)

    @override
    def go(self, options: dict[str, Any]) -> Outcome:
        application = application_of(self.actor, options["application"])
        to = version_of(installed_template(application), options["to"])
        return self.move(application, Kind.UPGRADE, to, f"Upgrade {application} to {to.version}?")
