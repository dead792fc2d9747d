from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from config.commands import DONE, TO_DO, Outcome, UpliftCommand
from upgrades_app.commands.lookup import template_of
from upgrades_app.commands.outdated import Behind, outdated


class Command(UpliftCommand):
    help = "List the installations for which a newer version is released. Ends with 3 when there is one."
    examples = """
  manage.py outdated
  manage.py outdated --template shop --json
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--template", metavar="T", help="only installations of this template")

    @override
    def work(self, *args: Any, **options: Any) -> Outcome:
        template = template_of(self.actor, options["template"]) if options["template"] else None
        found = list(outdated(self.actor, template))
        width = max((len(one.installation.application.slug) for one in found), default=0)
        lines = [_line(one, width) for one in found] or ["Every installation is up to date."]
        return Outcome(tuple(lines), {"installations": [_data(one) for one in found]}, TO_DO if found else DONE)


def _line(one: Behind, width: int) -> str:
    slug, template = one.installation.application.slug, one.installation.template
    return f"{slug:<{width}}  {template} {one.installation.reads} → {one.newest.label}"


def _data(one: Behind) -> dict[str, Any]:
    application = one.installation.application
    return {
        "application": application.slug,
        "team": application.team.slug,
        "target": application.target.slug if application.target is not None else None,
        "template": one.installation.template.slug,
        "version": one.version.version,
        "partial": one.installation.ahead,
        "newest": one.newest.version,
    }
