"""Publishes an application, synchronizes in this process, and releases."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from apps_app.actions.finish_publication import confirm_release
from apps_app.actions.publish import publish
from apps_app.models import Application, ReleaseRecord
from apps_app.publication.choices import Choices, Decision, NewTemplate
from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.commands import Failed, Outcome, UpliftCommand
from config.errors import Refused
from templates_app.actions.synchronize import synchronize
from templates_app.appspec.validation.mutable_tags import moving_tags
from templates_app.models import AppTemplate, SyncRecord, TemplateVersion


class Command(UpliftCommand):
    help = "Publishes an application as a new version of a template, and releases it when all is synchronized."
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
        parser.add_argument("--notes", default="", help="what whoever upgrades should know")
        parser.add_argument("--draft", action="store_true", help="stop before releasing: confirm it on its page")
        parser.add_argument("--scope", choices=AppTemplate.Scope.values, default="team", help="of a new template")
        several: dict[str, Any] = {"action": "append", "default": [], "metavar": "NAME"}
        parser.add_argument("--fix", **several, help="this parameter is decided by the version")
        parser.add_argument("--ask", **several, help="this parameter may be set by whoever installs")
        parser.add_argument("--generate", **several, help="this secret is generated when installing")
        parser.add_argument("--plain", **several, help="publish this as it is, though it looks like a credential")
        parser.add_argument("--leave-out", **{**several, "metavar": "KEY"}, help="this component is not published")
        own = "each installation names its own volumes, networks and containers; the source keeps its names"
        parser.add_argument("--own-names", action="store_true", help=own)
        parser.add_argument("--cut", action="store_true", help="publish what needs a left-out component without it")

    @override
    def work(self, *, application: str, draft: bool, **options: Any) -> Outcome:
        record = self._draft(_application(application, self.actor), options)
        version = record.version
        if version is None:
            raise Failed(f"{record} was given up meanwhile.")
        self.say(f"{record}: {version.digest}")
        for tag in moving_tags(version.spec):
            self.say(f"  ! {tag}. An upgrade cannot tell when it changed; name a version or a digest")
        if not synchronize(version, self._told):
            raise Failed(
                f"{record} could not be synchronized; it waits at {record.get_absolute_url()}", **_data(record)
            )
        if draft:
            return Outcome((f"Synchronized. Confirm it at {record.get_absolute_url()}",), _data(record))
        confirm_release(record, self.actor)
        record = ReleaseRecord.objects.select_related("version__template").get(pk=record.pk)
        return Outcome((f"Released {version}.",), _data(record))

    def _draft(self, application: Application, options: dict[str, Any]) -> ReleaseRecord:
        return publish(
            application,
            self.actor,
            template=self._template(options),
            version=options["number"],
            alias=options["alias"],
            notes=options["notes"],
            choices=_choices(options),
            queue=False,
        )

    def _template(self, options: dict[str, Any]) -> AppTemplate | NewTemplate:
        """A slug names one that may be seen; anything else is a new one's name."""
        mine = AppTemplate.objects.filter(team__in=self.actor.teams(Role.PUBLISHER))
        desired: str = options["template"]
        template = mine.filter(slug=desired).first() or mine.filter(name__iexact=desired).first()
        return template or NewTemplate(desired, scope=options["scope"])

    def _told(self, line: SyncRecord) -> None:
        mark = "✕" if line.error else "✓"
        self.say(f"  {mark} {line.key:<20} {line.relation:<10} {line.image}{f'  {line.error}' if line.error else ''}")


def _application(slug: str, by: Actor) -> Application:
    result = Application.objects.visible_to(by.user).with_installation().filter(slug=slug).first()
    if result is None:
        raise Refused(f"There is no application {slug}.")
    return result


def _choices(options: dict[str, Any]) -> Choices:
    decided = {"fix": Decision.FIXED, "ask": Decision.ASKED, "generate": Decision.GENERATED}
    decisions: dict[str, Decision] = {}
    for option, decision in decided.items():
        for name in options[option]:
            if decisions.setdefault(name, decision) is not decision:
                raise Refused(f"{name} cannot be decided in two ways.")
    plain = frozenset(options["plain"])
    return Choices(frozenset(options["leave_out"]), options["cut"], decisions, plain, options["own_names"])


def _data(record: ReleaseRecord) -> dict[str, Any]:
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
        "moving_tags": [str(tag) for tag in moving_tags(version.spec)] if version is not None else [],
        "components": [
            {"key": row.key, "relation": row.relation, "image": row.image, "status": row.status, "error": row.error}
            for row in lines
        ],
    }
