"""Compose files → one canonical project: several files, `include` and `extends`, resolved."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import JsonValue

from apps_app.formats.compose.canonical import canonical
from apps_app.formats.compose.env_file import read_env
from apps_app.formats.compose.errors import ComposeError, refuse
from apps_app.formats.compose.merge_files import override, override_service, without
from apps_app.formats.compose.schema import schema_faults
from apps_app.formats.compose.source_file import Report, Source, Tree, as_list, as_map
from apps_app.formats.compose.variables import Variables
from apps_app.formats.compose.yaml_loader import Document, load
from templates_app.appspec.interpolation import syntax
from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.schema.errors import Fault

_MOST_FILES = 200


class Project:
    """Reads the files of one import. `values` grows with what included files bring along."""

    def __init__(self, files: Mapping[str, bytes], values: Mapping[str, str], report: Report) -> None:
        self.files, self.values, self.report = files, dict(values), report
        self.name = ""
        self._read = 0

    def load(self, names: Sequence[str]) -> Tree:
        """The project that these files make together. Raises ComposeError with all faults found until then."""
        base = posixpath.dirname(names[0])
        tree = self._files(names, base, Variables(dict(self.values)), ())
        if self.report.faults:
            raise ComposeError(sorted(set(self.report.faults)))
        return tree

    def _files(self, names: Sequence[str], base: str, variables: Variables, above: tuple[str, ...]) -> Tree:
        tree: Tree = {}
        for name in names:
            source = Source(name, base, self.files, variables, self.report)
            for document in self._documents(name):
                tree = override(without(tree, document.cleared), self._document(source, document, above))
        return tree

    def _documents(self, name: str) -> list[Document]:
        self._read += 1
        if self._read > _MOST_FILES:
            raise refuse("", f"more than {_MOST_FILES} files are read one through the other")
        if name not in self.files:
            raise self.report.not_given("", f"the file {name}")
        return load(name, self.files[name])

    def _document(self, source: Source, document: Document, above: tuple[str, ...]) -> Tree:
        tree = self._checked(source, document)
        if not above and isinstance(name := tree.get("name"), str):
            self.name = source.text(name)
        tree = as_map(source.variables.filled(tree))
        own = canonical(source, tree)
        included: Tree = {}
        for entry in as_list(tree.get("include")):
            included = override(included, self._included(source, entry, (*above, source.name)))
        services = as_map(own["services"]) | {
            name: value
            for name, value in as_map(included.get("services")).items()
            if name not in as_map(own["services"])
        }
        extended = {name: self._extended(source, services, name, ()) for name in as_map(own["services"])}
        return override(included, {**own, "services": extended})

    def _checked(self, source: Source, document: Document) -> Tree:
        """The document's tree, once the schema and every reference in it are fine."""
        faults = list(_unreadable(document, document.tree, ()))
        if not faults:
            faults += schema_faults(document, as_map(source.variables.resolved(document.tree)))
        if faults:
            raise ComposeError(sorted(set(faults)))
        return document.tree

    def _included(self, source: Source, entry: JsonValue, above: tuple[str, ...]) -> Tree:
        tree: Tree = entry if isinstance(entry, dict) else {"path": entry}
        paths = [source.path(source.text(value)) for value in as_list(tree.get("path"))]
        if not paths:
            raise refuse("include", "names no file")
        if paths[0] in above:
            raise refuse("include", f"goes in a circle: {' → '.join([*above, paths[0]])}")
        base = source.path(source.text(tree["project_directory"])) if tree.get("project_directory") else ""
        base = base or posixpath.dirname(paths[0])
        return self._files(paths, base, self._variables_of(source, tree, base), above)

    def _variables_of(self, source: Source, tree: Tree, base: str) -> Variables:
        """The including file's values, and below them those of the included one's own env files.

        A name that already has another value elsewhere is filled in at once.
        """
        named = [source.path(source.text(entry)) for entry in as_list(tree.get("env_file"))]
        default = posixpath.normpath(posixpath.join(base, ".env"))
        brought: dict[str, str] = {}
        for name in [path for path in named if path != "/dev/null"] or ([default] if default in self.files else []):
            if name not in self.files:
                raise self.report.not_given("include", f"the env file {name}")
            brought |= read_env(name, self.files[name], source.variables.values)
        values = brought | dict(source.variables.values)
        pinned = {name: value for name, value in values.items() if self.values.setdefault(name, value) != value}
        return Variables(values, pinned)

    def _extended(self, source: Source, services: Tree, name: str, above: tuple[tuple[str, str], ...]) -> JsonValue:
        own = as_map(services[name])
        if "extends" not in own:
            return own
        if (source.name, name) in above:
            circle = " → ".join([*(item for _, item in above), name])
            raise refuse(f"services.{name}.extends", f"goes in a circle: {circle}")
        tree = as_map(own["extends"])
        desired, file = str(tree["service"]), tree.get("file")
        rest = {key: value for key, value in own.items() if key != "extends"}
        origin, known = (source, services) if file is None else self._elsewhere(source, str(file), name)
        if desired not in known:
            raise refuse(f"services.{name}.extends", f"there is no service '{desired}' in {origin.name}")
        base = self._extended(origin, known, desired, (*above, (source.name, name)))
        return override_service(as_map(base), rest)

    def _elsewhere(self, source: Source, file: str, name: str) -> tuple[Source, Tree]:
        if file not in self.files:
            raise self.report.not_given(f"services.{name}.extends", f"the file {file}")
        other = replace(source, name=file, base=posixpath.dirname(file))
        services: Tree = {}
        for document in self._documents(file):
            tree = as_map(other.variables.filled(self._checked(other, document)))
            services = as_map(override({"services": services}, canonical(other, tree))["services"])
        return other, services


def _unreadable(document: Document, value: JsonValue, place: tuple[str | int, ...]) -> list[Fault]:
    if isinstance(value, dict):
        return [fault for key, item in value.items() for fault in _unreadable(document, item, (*place, key))]
    if isinstance(value, list):
        return [fault for index, item in enumerate(value) for fault in _unreadable(document, item, (*place, index))]
    if not isinstance(value, str) or "$" not in value:
        return []
    try:
        syntax.pieces(value)
    except TextError as error:
        return [Fault(".".join(map(str, place)), f"{error} ({document.where(place)})")]
    return []
