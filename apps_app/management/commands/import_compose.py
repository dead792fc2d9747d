from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from apps_app.actions.import_compose import (
    ImportAnswers,
    check_import_faults,
    import_compose,
    merge_import,
    reimport_compose,
    summarize_import,
)
from apps_app.formats.compose.read import ImportResult, read_compose
from apps_app.formats.compose.yaml_loader import MAX_BYTES
from apps_app.importing.upload_folder import UploadFolder
from apps_app.models import Application, Target
from config.accounts.models import Team
from config.commands import CommandOutcome, UpliftCommand
from config.errors import OperationRefused
from templates_app.appspec.presentation.text import pluralize
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.validation.mutable_tags import find_mutable_tags


class Command(UpliftCommand):
    help = "Make an application out of a Compose file, or merge a newer file into one."
    examples = """
  manage.py import_compose shop/compose.yaml --app shop
  manage.py import_compose shop/compose.yaml --app shop --env-file shop/prod.env --team web
  manage.py import_compose shop/compose.yaml --app shop --check --json
"""

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="the Compose file; referenced files must be in its folder"
        )
        parser.add_argument(
            "--app", required=True, metavar="NAME", help="the application: a new name or an existing one"
        )
        parser.add_argument(
            "--env-file", type=Path, metavar="F", help="values of variables; .env beside FILE otherwise"
        )
        parser.add_argument("--team", metavar="T", default="default", help="the team of a new application")
        parser.add_argument(
            "--target", metavar="TARGET", help="target of a new application; none for a source application"
        )
        parser.add_argument(
            "--profile", action="append", default=[], metavar="P", help="import this profile; '*' for all"
        )
        parser.add_argument("--on-conflict", choices=("refuse", "ours", "theirs"), default="refuse")
        parser.add_argument("--on-removed", choices=("refuse", "keep", "remove"), default="refuse")
        parser.add_argument("--replace-secrets", action="store_true", help="replace secret values that differ")
        parser.add_argument("--check", action="store_true", help="show what would be imported, without importing")

    def work(self, *args: Any, **options: Any) -> CommandOutcome:
        try:
            return self._work(options)
        except SpecError as error:
            raise OperationRefused(f"{options['file'].name} cannot be imported.", error.faults) from error

    def _work(self, options: dict[str, Any]) -> CommandOutcome:
        file: Path = options["file"]
        imported = _read_files(file, options["env_file"], tuple(options["profile"]))
        check_import_faults(imported)
        application = Application.objects.visible_to(self.actor.user).filter(slug=options["app"]).first()
        data: dict[str, Any] = {"application": options["app"], **summarize_import(imported, file.name)}
        if options["check"]:
            return CommandOutcome(
                (*_format_lines(imported), "Checked; nothing was imported."), {**data, "checked": True}
            )
        if application is None:
            created = self._create_application(imported, options)
            return CommandOutcome(
                (*_format_lines(imported), f"Imported as {created.slug}."), {**data, "application": created.slug}
            )
        changed = self._merge_into_existing(application, imported, options)
        text = f"Imported into {application.slug}; changed: {', '.join(changed) or 'no component'}."
        return CommandOutcome((*_format_lines(imported), text), {**data, "changed": list(changed)})

    def _create_application(self, imported: ImportResult, options: dict[str, Any]) -> Application:
        team = Team.objects.visible_to(self.actor.user).filter(slug=options["team"]).first()
        if team is None:
            raise OperationRefused(f"Unknown team {options['team']}.")
        target = None
        if options["target"]:
            target = Target.objects.filter(team=team, slug=options["target"]).first()
            if target is None:
                raise OperationRefused(f"Team {team.slug} has no target {options['target']}.")
        return import_compose(
            self.actor, team=team, name=options["app"], imported=imported, source=options["file"].name, target=target
        )

    def _merge_into_existing(
        self, application: Application, imported: ImportResult, options: dict[str, Any]
    ) -> tuple[str, ...]:
        open_questions = merge_import(application, imported)
        conflict, removed = options["on_conflict"], options["on_removed"]
        answers = ImportAnswers(
            {} if conflict == "refuse" else {decision.id: conflict for decision in open_questions.conflicts},
            {} if removed == "refuse" else dict.fromkeys(open_questions.removed, removed),
            replace_secrets=options["replace_secrets"],
        )
        return reimport_compose(
            application, self.actor, imported=imported, answers=answers, source=options["file"].name
        )


def _read_files(file: Path, env_file: Path | None, profiles: tuple[str, ...]) -> ImportResult:
    if not file.is_file():
        raise OperationRefused(f"{file} is not a file.")
    folder = UploadFolder(file.parent)
    env = env_file or file.parent / ".env"
    if env_file is not None and not env_file.is_file():
        raise OperationRefused(f"{env_file} is not a file.")
    return read_compose(folder, file.name, _read_bytes(env) if env.is_file() else None, profiles)


def _read_bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise OperationRefused(f"{path.name} is larger than {MAX_BYTES // 1024 // 1024} MiB.")
    return path.read_bytes()


def _format_lines(imported: ImportResult) -> tuple[str, ...]:
    spec = imported.spec
    secrets = sorted(name for name, parameter in spec.parameters.items() if parameter.secret)
    lines = [f"{pluralize(len(spec.components), 'component')}: {', '.join(sorted(spec.components))}"]
    lines.append(f"{pluralize(len(spec.parameters), 'parameter')}, {len(secrets)} of them secret")
    lines += [f"secret: {name}" for name in secrets]
    lines += [f"{notice.weight}: {notice}" for notice in imported.notices]
    lines += [f"mutable tag: {tag}; upgrades cannot detect changes" for tag in find_mutable_tags(spec)]
    return tuple(lines)
