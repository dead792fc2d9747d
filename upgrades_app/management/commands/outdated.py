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
        installations = list(outdated(self.actor, template))
        width = max((len(installation.installation.application.slug) for installation in installations), default=0)
        lines = [_line(installation, width) for installation in installations] or ["Every installation is up to date."]
        return Outcome(
            tuple(lines),
            {"installations": [_data(installation) for installation in installations]},
            TO_DO if installations else DONE,
        )


def _line(installation: Behind, width: int) -> str:
    slug, template = installation.installation.application.slug, installation.installation.template
    return f"{slug:<{width}}  {template} {installation.installation.reads} → {installation.newest.label}"


def _data(installation: Behind) -> dict[str, Any]:
    application = installation.installation.application
    return {
        "application": application.slug,
        "team": application.team.slug,
        "target": application.target.slug if application.target is not None else None,
        "template": installation.installation.template.slug,
        "version": installation.version.version,
        "partial": installation.installation.ahead,
        "newest": installation.newest.version,
    }
