from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, override

from apps_app.actions.link_application import link_application
from apps_app.queries.link_proposal import LinkChoices, check_all_matched, propose_link
from config.commands import TO_DO, CommandOutcome
from config.errors import OperationRefused
from templates_app.appspec.schema.model import Parameter
from upgrades_app.commands.link_output import build_link_data, format_link
from upgrades_app.commands.lookup import get_application, get_template, get_version
from upgrades_app.commands.options import UpgradeOptions, add_value_options, parse_pairs
from upgrades_app.commands.upgrade_command import UpgradeCommand
from upgrades_app.models import UpgradeRecord


class Command(UpgradeCommand):
    help = "Link an application to a template version. The target is not changed."
    examples = """
  manage.py attach blog --template shop --version 1.0 --dry-run     (exits with 3 if it can be linked)
  manage.py attach blog --template shop --version 1.0 --yes
  manage.py attach blog --template shop --version 1.0 --map db=database --map cache= --set WORKERS=4 --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="application slug")
        parser.add_argument("--template", required=True, metavar="T", help="template slug")
        parser.add_argument("--version", required=True, metavar="V", dest="number", help="version it corresponds to")
        repeatable: dict[str, Any] = {"action": "append", "default": []}
        parser.add_argument(
            "--map", metavar="A=B", help="template component A is component B; empty B: not present", **repeatable
        )
        parser.add_argument(
            "--leave-out", metavar="KEY", help="exclude this template component permanently", **repeatable
        )
        text = "link even if no component matches"
        parser.add_argument("--although-nothing-matches", action="store_true", help=text)
        add_value_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="only show the result")
        parser.add_argument("--yes", action="store_true", help="confirm the link")

    @override
    def work(self, *args: Any, **options: Any) -> CommandOutcome:
        defaults = {"plan": None, "reason": "", "on_failure": UpgradeRecord.Policy.ROLL_BACK.value, "detach": False}
        return super().work(*args, **options, **defaults)

    @override
    def run_command(self, options: dict[str, Any]) -> CommandOutcome:
        application = get_application(self.actor, options["application"])
        version = get_version(get_template(self.actor, options["template"]), options["number"])
        choices = _build_choices(options, self.options, version.spec.parameters)
        proposal = propose_link(application, version, choices)
        for line in format_link(proposal):
            self.say(line)
        check_all_matched(proposal)
        data = build_link_data(proposal)
        if self.options.dry_run:
            return CommandOutcome(("Dry run: no changes made.",), data, TO_DO)
        if not self.ask_confirmation(f"Link {application} to {version}?"):
            raise OperationRefused(self.unconfirmed_message)
        link_application(application, self.actor, version=version, choices=choices, observed=proposal.digest)
        return CommandOutcome((f"{application.slug} linked to {version}.",), {**data, "attached": True})


def _build_choices(
    options: dict[str, Any], upgrade_options: UpgradeOptions, parameters: Mapping[str, Parameter]
) -> LinkChoices:
    excluded = frozenset(options["leave_out"])
    answers = upgrade_options.build_first_answers(parameters, {})
    mapping = {**parse_pairs("--map", options["map"]), **dict.fromkeys(excluded, "")}
    values = {**answers.values, **answers.secrets}
    return LinkChoices(mapping, excluded, values, options["although_nothing_matches"])
