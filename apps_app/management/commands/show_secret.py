from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from apps_app.actions.show_secret import show_secret
from apps_app.models import Application
from config.commands import Outcome, UpliftCommand
from config.errors import Refused


class Command(UpliftCommand):
    help = "Print a secret value of an application to standard output, and note in the audit trail who asked."
    examples = """
  manage.py show_secret shop-live ADMIN_PASSWORD --as ada
  manage.py show_secret shop-live ADMIN_PASSWORD --applied
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app", metavar="APP")
        parser.add_argument("name", metavar="NAME", help="the parameter")
        parser.add_argument(
            "--applied", action="store_true", help="as the target has it, where a newer one is not applied yet"
        )

    @override
    def work(self, *args: Any, **options: Any) -> Outcome:
        result = Application.objects.visible_to(self.actor.user).filter(slug=options["app"]).first()
        if result is None:
            raise Refused(f"There is no application {options['app']}.")
        shown = show_secret(result, self.actor, options["name"])
        both = (shown.applied, shown.wanted) if options["applied"] else (shown.wanted, shown.applied)
        text = next(secret.reveal() for secret in both if secret is not None)
        return Outcome((text,), {"application": result.slug, "name": options["name"], "value": text})
