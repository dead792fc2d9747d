from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, override

from apps_app.formats.compose.write import MAIN_FILE, to_compose
from apps_app.models import Application
from apps_app.queries.rendered_spec import given_values
from config.commands import Failed, Outcome, UpliftCommand
from config.errors import Refused
from templates_app.appspec.interpolation.render import effective, render
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import canonical, digest, tree
from templates_app.appspec.versioning.versions import VersionError, sort_key
from templates_app.models import AppTemplate, TemplateVersion


class Command(UpliftCommand):
    help = "Write the document of an application or a template version: JSON, or Compose files. Never a secret."
    examples = """
  manage.py export_spec --app shop
  manage.py export_spec --template shop --version 1.1 --format compose --output shop-1.1
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--app", metavar="APP", help="the application: what its operator wants")
        which.add_argument("--template", metavar="T", help="the template; with --version")
        parser.add_argument("--version", metavar="V", dest="of_version", help="the template version")
        parser.add_argument("--format", choices=("json", "compose"), default="json")
        parser.add_argument(
            "--output", type=Path, metavar="DIR", help="a folder to write to; standard output otherwise"
        )

    @override
    def work(self, *args: Any, **options: Any) -> Outcome:
        if (options["template"] is None) != (options["of_version"] is None):
            raise Refused("--template and --version go together.")
        spec, provided = self._of_app(options["app"]) if options["app"] else self._of_version(options)
        files = _json(spec) if options["format"] == "json" else _compose(spec, provided)
        data: dict[str, Any] = {"digest": digest(spec), "format": options["format"]}
        if options["output"] is not None:
            written = _written(options["output"], files)
            return Outcome(tuple(f"wrote {path}" for path in written), {**data, "files": written})
        if options["format"] == "json":
            return Outcome((canonical(spec).decode(),), {**data, "document": tree(spec)})
        if len(files) > 1 and not self.json:
            raise Refused(f"It has {len(files)} files; name a folder with --output.")
        return Outcome(
            (files[MAIN_FILE].decode(),), {**data, "files": {file: _text(files[file]) for file in sorted(files)}}
        )

    def _of_app(self, slug: str) -> tuple[AppSpec, Mapping[str, str]]:
        application = Application.objects.visible_to(self.actor.user).filter(slug=slug).first()
        if application is None:
            raise Refused(f"There is no application {slug}.")
        return application.desired_spec(), given_values(application)

    def _of_version(self, options: Mapping[str, Any]) -> tuple[AppSpec, Mapping[str, str]]:
        template = AppTemplate.objects.visible_to(self.actor.user).filter(slug=options["template"]).first()
        if template is None:
            raise Refused(f"There is no template {options['template']}.")
        try:
            key = sort_key(options["of_version"])
        except VersionError as error:
            raise Refused(str(error)) from error
        version = TemplateVersion.objects.filter(template=template, sort_key=key).first()
        if version is None:
            raise Refused(f"{template.slug} has no version {options['of_version']}.")
        return version.spec, {}


def _json(spec: AppSpec) -> dict[str, bytes]:
    return {"spec.json": canonical(spec) + b"\n"}


def _compose(spec: AppSpec, provided: Mapping[str, str]) -> dict[str, bytes]:
    """Rendered as far as values go; secrets and what has no value are demanded from the environment."""
    known = effective(spec.parameters, provided)
    open_names = frozenset(name for name, parameter in spec.parameters.items() if parameter.secret or name not in known)
    parameters = {
        name: parameter.model_copy(update={"secret": True, "default": None}) if name in open_names else parameter
        for name, parameter in spec.parameters.items()
    }
    try:
        complete = render(spec.model_copy(update={"parameters": parameters}), known)
    except SpecError as error:
        raise Refused("It cannot be written as a Compose file.", error.faults) from error
    return to_compose(complete, secrets=open_names)


def _written(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Writes below `folder`, which must be new or empty: nothing is overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is there already and not an empty folder.")
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise Failed(f"{folder} cannot be written: {error.strerror}") from error
    return [str(folder / name) for name in sorted(files)]


def _text(content: bytes) -> str:
    return content.decode(errors="replace")
