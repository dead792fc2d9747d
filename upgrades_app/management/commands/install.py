from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from django.utils.text import slugify

from config.commands import CommandOutcome
from upgrades_app.commands.install_application import InstallRun, find_unfinished_install
from upgrades_app.commands.lookup import get_target, get_template, get_version
from upgrades_app.commands.options import add_port_option, add_run_options, add_value_options
from upgrades_app.commands.upgrade_command import UpgradeCommand


class Command(UpgradeCommand):
    help = "Install a released template version as a new application."
    examples = """
  manage.py install shop --version 1.0 --app shop-copy --target git --yes
  manage.py install shop --version 1.0 --app shop-copy --target git --set WORKERS=4 --dry-run
  manage.py install shop --version 1.0 --app shop-2 --target local --port web:8080=8081 --yes
  manage.py install shop --version 1.0 --app shop-copy --target git --secret-from-file DB_PASSWORD=db.txt --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("template", metavar="T", help="template slug")
        parser.add_argument("--version", required=True, metavar="V", dest="of_version", help="released version")
        parser.add_argument("--app", required=True, metavar="NAME", help="name of the new application")
        parser.add_argument("--target", required=True, metavar="TARGET", help="target slug")
        parser.add_argument(
            "--team", metavar="T", help="team of the target, if several teams have a target with that slug"
        )
        add_value_options(parser)
        add_port_option(parser)
        add_run_options(parser)

    @override
    def run_command(self, options: dict[str, Any]) -> CommandOutcome:
        version = get_version(get_template(self.actor, options["template"]), options["of_version"])
        target = get_target(self.actor, options["target"], options["team"])
        name: str = options["app"].strip()
        self.options = self.options.resolve_ports(version.spec)
        unfinished = find_unfinished_install(version, name, slugify(name), target)
        install = InstallRun(version, name, target, self.actor, unfinished)
        proposal, answers = install.build_proposal(self.options)
        outcome = self.show_plan(proposal, name, f"Install {version} as {name} on {target}?")
        return outcome or self.run_record(install.confirm(proposal.plan, answers, self.options))
