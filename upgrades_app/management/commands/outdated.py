from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from config.commands import DONE, TO_DO, CommandOutcome, UpliftCommand
from upgrades_app.commands.lookup import get_template
from upgrades_app.commands.outdated import OutdatedInstallation, list_outdated


class Command(UpliftCommand):
    help = "List outdated installations. Exits with 3 if there are any."
    examples = """
  manage.py outdated
  manage.py outdated --template shop --json
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--template", metavar="T", help="only installations of this template")

    @override
    def work(self, *args: Any, **options: Any) -> CommandOutcome:
        template = get_template(self.actor, options["template"]) if options["template"] else None
        outdated = list(list_outdated(self.actor, template))
        width = max((len(installation.installation.application.slug) for installation in outdated), default=0)
        lines = [_format_line(installation, width) for installation in outdated] or [
            "All installations are up to date."
        ]
        return CommandOutcome(
            tuple(lines),
            {"installations": [_build_data(installation) for installation in outdated]},
            TO_DO if outdated else DONE,
        )


def _format_line(installation: OutdatedInstallation, width: int) -> str:
    slug, template = installation.installation.application.slug, installation.installation.template
    return f"{slug:<{width}}  {template} {installation.installation.version_label} → {installation.newest.label}"


def _build_data(installation: OutdatedInstallation) -> dict[str, Any]:
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
