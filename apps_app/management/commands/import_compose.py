from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from apps_app.actions.import_compose import Answers, import_compose, merged, refuse_faults, reimport_compose, summary
from apps_app.formats.compose.read import Imported, read_compose
from apps_app.formats.compose.yaml_loader import MAX_BYTES
from apps_app.importing.upload_folder import Folder
from apps_app.models import Application, Target
from config.accounts.models import Team
from config.commands import Outcome, UpliftCommand
from config.errors import Refused
from templates_app.appspec.presentation.text import counted
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.validation.mutable_tags import moving_tags


class Command(UpliftCommand):
    help = "Make an application out of a Compose file, or merge a newer file into one."
    examples = """
  manage.py import_compose shop/compose.yaml --app shop
  manage.py import_compose shop/compose.yaml --app shop --env-file shop/prod.env --team web
  manage.py import_compose shop/compose.yaml --app shop --check --json
"""

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="the Compose file; files it refers to lie beside it"
        )
        parser.add_argument(
            "--app", required=True, metavar="NAME", help="the application: a new name, or an existing one"
        )
        parser.add_argument(
            "--env-file", type=Path, metavar="F", help="values of variables; .env beside FILE otherwise"
        )
        parser.add_argument("--team", metavar="T", default="default", help="the team of a new application")
        parser.add_argument("--target", metavar="TARGET", help="where a new application runs; none: only a source")
        parser.add_argument(
            "--profile", action="append", default=[], metavar="P", help="take in this profile; '*' for all"
        )
        parser.add_argument("--on-conflict", choices=("refuse", "ours", "theirs"), default="refuse")
        parser.add_argument("--on-removed", choices=("refuse", "keep", "remove"), default="refuse")
        parser.add_argument("--replace-secrets", action="store_true", help="take over secret values that differ")
        parser.add_argument("--check", action="store_true", help="only say what would be imported")

    def work(self, *args: Any, **options: Any) -> Outcome:
        try:
            return self._work(options)
        except SpecError as error:
            raise Refused(f"{options['file'].name} cannot be imported.", error.faults) from error

    def _work(self, options: dict[str, Any]) -> Outcome:
        file: Path = options["file"]
        imported = _read(file, options["env_file"], tuple(options["profile"]))
        refuse_faults(imported)
        application = Application.objects.visible_to(self.actor.user).filter(slug=options["app"]).first()
        data: dict[str, Any] = {"application": options["app"], **summary(imported, file.name)}
        if options["check"]:
            return Outcome((*_lines(imported), "Checked; nothing was imported."), {**data, "checked": True})
        if application is None:
            created = self._new(imported, options)
            return Outcome((*_lines(imported), f"Imported as {created.slug}."), {**data, "application": created.slug})
        changed = self._again(application, imported, options)
        text = f"Imported into {application.slug}; changed: {', '.join(changed) or 'no component'}."
        return Outcome((*_lines(imported), text), {**data, "changed": list(changed)})

    def _new(self, imported: Imported, options: dict[str, Any]) -> Application:
        team = Team.objects.visible_to(self.actor.user).filter(slug=options["team"]).first()
        if team is None:
            raise Refused(f"There is no team {options['team']}.")
        target = None
        if options["target"]:
            target = Target.objects.filter(team=team, slug=options["target"]).first()
            if target is None:
                raise Refused(f"Team {team.slug} has no target {options['target']}.")
        return import_compose(
            self.actor, team=team, name=options["app"], imported=imported, source=options["file"].name, target=target
        )

    def _again(self, application: Application, imported: Imported, options: dict[str, Any]) -> tuple[str, ...]:
        open_questions = merged(application, imported)
        conflict, removed = options["on_conflict"], options["on_removed"]
        answers = Answers(
            {} if conflict == "refuse" else {decision.id: conflict for decision in open_questions.conflicts},
            {} if removed == "refuse" else dict.fromkeys(open_questions.removed, removed),
            replace_secrets=options["replace_secrets"],
        )
        return reimport_compose(
            application, self.actor, imported=imported, answers=answers, source=options["file"].name
        )


def _read(file: Path, env_file: Path | None, profiles: tuple[str, ...]) -> Imported:
    if not file.is_file():
        raise Refused(f"{file} is not a file.")
    folder = Folder(file.parent)
    env = env_file or file.parent / ".env"
    if env_file is not None and not env_file.is_file():
        raise Refused(f"{env_file} is not a file.")
    return read_compose(folder, file.name, _bytes(env) if env.is_file() else None, profiles)


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise Refused(f"{path.name} is larger than {MAX_BYTES // 1024 // 1024} MiB.")
    return path.read_bytes()


def _lines(imported: Imported) -> tuple[str, ...]:
    spec = imported.spec
    secrets = sorted(name for name, parameter in spec.parameters.items() if parameter.secret)
    lines = [f"{counted(len(spec.components), 'component')}: {', '.join(sorted(spec.components))}"]
    lines.append(f"{counted(len(spec.parameters), 'parameter')}, {len(secrets)} of them secret")
    lines += [f"secret: {name}" for name in secrets]
    lines += [f"{notice.weight}: {notice}" for notice in imported.notices]
    lines += [f"moves: {tag}; an upgrade cannot tell when it changed" for tag in moving_tags(spec)]
    return tuple(lines)
