"""Declares an application an installation of a released version."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, override

from apps_app.actions.link_application import attach
from apps_app.queries.link_proposal import Choices, propose_attachment, refuse_unmatched
from config.commands import TO_DO, Outcome
from config.errors import Refused
from templates_app.appspec.schema.model import Parameter
from upgrades_app.commands.link_output import attachment_data, attachment_lines
from upgrades_app.commands.lookup import application_of, template_of, version_of
from upgrades_app.commands.options import Switches, add_value_switches, pairs
from upgrades_app.commands.upgrade_command import RoadCommand
from upgrades_app.models import UpgradeRecord


class Command(RoadCommand):
    help = "Declare an application an installation of a template version. Nothing on its target changes."
    examples = """
  manage.py attach blog --template shop --version 1.0 --dry-run     (3: it can be attached like this)
  manage.py attach blog --template shop --version 1.0 --yes
  manage.py attach blog --template shop --version 1.0 --map db=database --map cache= --set WORKERS=4 --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="the slug of the application")
        parser.add_argument("--template", required=True, metavar="T", help="the slug of the template")
        parser.add_argument("--version", required=True, metavar="V", dest="number", help="the version it is at")
        repeatable: dict[str, Any] = {"action": "append", "default": []}
        parser.add_argument(
            "--map", metavar="A=B", help="the template's component A is B here; with no B it is not here", **repeatable
        )
        parser.add_argument(
            "--leave-out",
            metavar="KEY",
            help="this component of the template is not here, and stays away",
            **repeatable,
        )
        text = "attach it though no component of it is one of the version's"
        parser.add_argument("--although-nothing-matches", action="store_true", help=text)
        add_value_switches(parser)
        parser.add_argument("--dry-run", action="store_true", help="only say what it would make of the application")
        parser.add_argument("--yes", action="store_true", help="confirm")

    @override
    def work(self, *args: Any, **options: Any) -> Outcome:
        road = {"plan": None, "reason": "", "on_failure": UpgradeRecord.Policy.ROLL_BACK.value, "detach": False}
        return super().work(*args, **options, **road)

    @override
    def go(self, options: dict[str, Any]) -> Outcome:
        application = application_of(self.actor, options["application"])
        version = version_of(template_of(self.actor, options["template"]), options["number"])
        choices = _choices(options, self.switches, version.spec.parameters)
        proposal = propose_attachment(application, version, choices)
        for line in attachment_lines(proposal):
            self.say(line)
        refuse_unmatched(proposal)
        data = attachment_data(proposal)
        if self.switches.dry_run:
            return Outcome(("Nothing was changed: this was a dry run.",), data, TO_DO)
        if not self.confirms(f"Attach {application} to {version}?"):
            raise Refused(self.unconfirmed)
        attach(application, self.actor, version=version, choices=choices, seen=proposal.digest)
        return Outcome((f"{application.slug} is {version} from now on.",), {**data, "attached": True})


def _choices(options: dict[str, Any], switches: Switches, parameters: Mapping[str, Parameter]) -> Choices:
    excluded = frozenset(options["leave_out"])
    answers = switches.first_answers(parameters, {})
    mapping = {**pairs("--map", options["map"]), **dict.fromkeys(excluded, "")}
    values = {**answers.values, **answers.secrets}
    return Choices(mapping, excluded, values, options["although_nothing_matches"])
