"""Publishes an application, synchronizes in this process, and releases."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from apps_app.actions.finish_publication import confirm_release
from apps_app.actions.publish import publish
from apps_app.models import Application, ReleaseRecord
from apps_app.publication.choices import NewTemplate, ParameterDecision, PublicationChoices
from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.commands import CommandFailed, CommandOutcome, UpliftCommand
from config.errors import OperationRefused
from templates_app.actions.synchronize import synchronize
from templates_app.appspec.validation.mutable_tags import find_mutable_tags
from templates_app.models import AppTemplate, SyncRecord, TemplateVersion


class Command(UpliftCommand):
    help = "Publish an application as a new template version and release it after synchronization."
    examples = (
        "  manage.py publish shop --template Shop --version 1.0\n"
        "  manage.py publish shop --template shop --version 1.1 --notes 'Adds Redis' --draft\n"
        "  manage.py publish shop --template shop --version 1.2 --leave-out mailer --cut --fix WORKERS\n"
    )

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="the slug of the application")
        parser.add_argument(
            "--template", required=True, metavar="T", help="a template's slug, or the name of a new one"
        )
        parser.add_argument("--version", required=True, metavar="V", dest="number")
        parser.add_argument("--alias", default="", help="a name beside the number")
        parser.add_argument("--notes", default="", help="release notes")
        parser.add_argument("--draft", action="store_true", help="do not release; confirm on the synchronization page")
        parser.add_argument("--scope", choices=AppTemplate.Scope.values, default="team", help="of a new template")
        several: dict[str, Any] = {"action": "append", "default": [], "metavar": "NAME"}
        parser.add_argument("--fix", **several, help="fix this parameter in the version")
        parser.add_argument("--ask", **several, help="ask for this parameter at install")
        parser.add_argument("--generate", **several, help="generate this secret at install")
        parser.add_argument("--plain", **several, help="publish this possible credential as plain text")
        parser.add_argument("--leave-out", **{**several, "metavar": "KEY"}, help="do not publish this component")
        own = "give each installation unique volume, network and container names"
        parser.add_argument("--own-names", action="store_true", help=own)
        parser.add_argument("--cut", action="store_true", help="drop dependencies on components that are not published")

    @override
    def work(self, *, application: str, draft: bool, **options: Any) -> CommandOutcome:
        record = self._create_draft(_get_application(application, self.actor), options)
        version = record.version
        if version is None:
            raise CommandFailed(f"{record} was cancelled.")
        self.say(f"{record}: {version.digest}")
        for tag in find_mutable_tags(version.spec):
            self.say(f"  ! {tag}. Upgrades cannot detect changes; use a version tag or a digest")
        if not synchronize(version, self._print_sync_record):
            raise CommandFailed(
                f"{record} could not be synchronized. Open {record.get_absolute_url()}", **_build_data(record)
            )
        if draft:
            return CommandOutcome((f"Synchronized. Confirm at {record.get_absolute_url()}",), _build_data(record))
        confirm_release(record, self.actor)
        record = ReleaseRecord.objects.select_related("version__template").get(pk=record.pk)
        return CommandOutcome((f"Released {version}.",), _build_data(record))

    def _create_draft(self, application: Application, options: dict[str, Any]) -> ReleaseRecord:
        return publish(
            application,
            self.actor,
            template=self._find_template(options),
            version=options["number"],
            alias=options["alias"],
            notes=options["notes"],
            choices=_build_choices(options),
            queue=False,
        )

    def _find_template(self, options: dict[str, Any]) -> AppTemplate | NewTemplate:
        """A slug names one that may be seen; anything else is a new one's name."""
        mine = AppTemplate.objects.filter(team__in=self.actor.teams(Role.PUBLISHER))
        desired: str = options["template"]
        template = mine.filter(slug=desired).first() or mine.filter(name__iexact=desired).first()
        return template or NewTemplate(desired, scope=options["scope"])

    def _print_sync_record(self, line: SyncRecord) -> None:
        mark = "✕" if line.error else "✓"
        self.say(f"  {mark} {line.key:<20} {line.relation:<10} {line.image}{f'  {line.error}' if line.error else ''}")


def _get_application(slug: str, by: Actor) -> Application:
    result = Application.objects.visible_to(by.user).with_installation().filter(slug=slug).first()
    if result is None:
        raise OperationRefused(f"Application {slug} not found.")
    return result


def _build_choices(options: dict[str, Any]) -> PublicationChoices:
    decided = {
        "fix": ParameterDecision.FIXED,
        "ask": ParameterDecision.PROMPTED,
        "generate": ParameterDecision.GENERATED,
    }
    decisions: dict[str, ParameterDecision] = {}
    for option, decision in decided.items():
        for name in options[option]:
            if decisions.setdefault(name, decision) is not decision:
                raise OperationRefused(f"{name} is given more than once.")
    plain = frozenset(options["plain"])
    return PublicationChoices(frozenset(options["leave_out"]), options["cut"], decisions, plain, options["own_names"])


def _build_data(record: ReleaseRecord) -> dict[str, Any]:
    version: TemplateVersion | None = record.version
    lines = version.sync_records.order_by("key") if version is not None else ()
    return {
        "release_record": record.pk,
        "url": record.get_absolute_url(),
        "template": version.template.slug if version is not None else None,
        "version": record.version_label,
        "state": version.state if version is not None else None,
        "digest": version.digest if version is not None else None,
        "left_out": record.left_out,
        "moving_tags": [str(tag) for tag in find_mutable_tags(version.spec)] if version is not None else [],
        "components": [
            {"key": row.key, "relation": row.relation, "image": row.image, "status": row.status, "error": row.error}
            for row in lines
        ],
    }
