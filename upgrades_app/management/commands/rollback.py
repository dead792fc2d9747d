from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from apps_app.models import Application
from config.commands import Outcome
from config.errors import Refused
from templates_app.models import TemplateVersion
from upgrades_app.commands.lookup import application_of, installed_template, version_of
from upgrades_app.commands.options import add_merge_switches, add_running_switches
from upgrades_app.commands.upgrade_command import RoadCommand
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.queries.rollback_targets import ways_back


class Command(RoadCommand):
    help = "Take an application back to a version it was at, undoing what its upgrades since did and nothing else."
    examples = """
  manage.py rollback shop-copy                  (to the version before)
  manage.py rollback shop-copy --to 1.0 --dry-run
  manage.py rollback shop-copy --to 1.0 --answer volume:cache=remove --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="the slug of the application")
        parser.add_argument("--to", metavar="V", help="the version to go back to (default: the nearest earlier one)")
        add_merge_switches(parser)
        add_running_switches(parser)

    @override
    def go(self, options: dict[str, Any]) -> Outcome:
        application = application_of(self.actor, options["application"])
        to = _goal(application, options["to"])
        return self.move(application, Kind.ROLLBACK, to, f"Take {application} back to {to.version}?")


def _goal(application: Application, text: str | None) -> TemplateVersion:
    template = installed_template(application)
    if text is not None:
        return version_of(template, text)
    targets = ways_back(application)
    if not targets:
        raise Refused(f"{application} was at no earlier version as far as its records tell.")
    return targets[0].version
