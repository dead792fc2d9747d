from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from django.utils.text import slugify

from config.commands import Outcome
from upgrades_app.commands.install_application import Install, begun_before
from upgrades_app.commands.lookup import target_of, template_of, version_of
from upgrades_app.commands.options import add_port_switch, add_running_switches, add_value_switches
from upgrades_app.commands.upgrade_command import RoadCommand


class Command(RoadCommand):
    help = "Install a released template version as a new application."
    examples = """
  manage.py install shop --version 1.0 --app shop-copy --target git --yes
  manage.py install shop --version 1.0 --app shop-copy --target git --set WORKERS=4 --dry-run
  manage.py install shop --version 1.0 --app shop-2 --target local --port web:8080=8081 --yes
  manage.py install shop --version 1.0 --app shop-copy --target git --secret-from-file DB_PASSWORD=db.txt --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("template", metavar="T", help="the template's slug")
        parser.add_argument("--version", required=True, metavar="V", dest="of_version", help="a released version")
        parser.add_argument("--app", required=True, metavar="NAME", help="the name of the new application")
        parser.add_argument("--target", required=True, metavar="TARGET", help="where it runs")
        parser.add_argument("--team", metavar="T", help="whose target, where several teams have one of that name")
        add_value_switches(parser)
        add_port_switch(parser)
        add_running_switches(parser)

    @override
    def go(self, options: dict[str, Any]) -> Outcome:
        version = version_of(template_of(self.actor, options["template"]), options["of_version"])
        target = target_of(self.actor, options["target"], options["team"])
        name: str = options["app"].strip()
        self.switches = self.switches.with_ports_of(version.spec)
        begun = begun_before(version, name, slugify(name), target)
        install = Install(version, name, target, self.actor, begun)
        proposal, answers = install.proposal(self.switches)
        ended = self.settled(proposal, name, f"Install {version} as {name} on {target}?")
        return ended or self.carried_out(install.confirmed(proposal.plan, answers, self.switches))
