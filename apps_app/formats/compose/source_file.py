"""One Compose file being read: where it lies, what its variables are, and what is said about it."""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.formats.compose.errors import BY_COMMAND, Advice, ComposeError, Notice, Weight, refuse
from apps_app.formats.compose.variables import Variables
from templates_app.appspec.interpolation import syntax
from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.schema.errors import Fault

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

type Tree = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Report:
    """What one import has to say, gathered on the way."""

    notices: list[Notice] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    advice: Advice = BY_COMMAND

    def not_given(self, path: str, what: str) -> ComposeError:
        """The refusal where the Compose files name a file that is not there."""
        return refuse(path, f"{what} was not given: {self.advice.give}")

    def fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))

    def notice(self, service: str, key: str, message: str, action: str = "", weight: Weight = Weight.KEPT) -> None:
        self.notices.append(Notice(service, key, message, action, weight))


@dataclass(frozen=True, slots=True)
class Source:
    """A Compose file: `base` is the folder that its relative paths start from, inside the given files."""

    name: str
    base: str
    files: Mapping[str, bytes]
    variables: Variables
    report: Report

    def path(self, relative: str) -> str:
        """The path among the given files; absolute ones and those from a home folder stay."""
        if relative.startswith(("/", "~")):
            return relative
        return posixpath.normpath(posixpath.join(self.base, relative))

    def text(self, value: JsonValue) -> str:
        """A value that must be known now, as Compose sees it."""
        return self.variables.plain(value) if isinstance(value, str) else str(value)


def is_name(text: str) -> bool:
    """Whether a reference can hold it: letters, digits and '_'."""
    return _NAME.fullmatch(text) is not None


def as_map(value: JsonValue) -> Tree:
    """The value if it is a map, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """The value if it is a list, an empty one for nothing, else a list of it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def literal_keys(value: JsonValue) -> JsonValue:
    """The value with each dollar in its keys doubled: what was no reference becomes none."""
    if isinstance(value, dict):
        return {syntax.literal(key): literal_keys(item) for key, item in value.items()}
    return [literal_keys(item) for item in value] if isinstance(value, list) else value


class Place:
    """One key of one service (or of a top-level entry): where a form is read, for what is said about it."""

    def __init__(self, source: Source, section: str, name: str, key: str) -> None:
        self.source, self.section, self.name, self.key = source, section, name, key

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}.{self.key}"

    def split(self, entry: str, form: Callable[[str], JsonValue]) -> JsonValue:
        """The entry taken apart; null, and a fault, where it cannot be."""
        try:
            value, is_remaining = self.source.variables.split(entry, form)
        except (ValueError, TextError) as error:
            self.source.report.fault(self.path, str(error))
            return None
        if not is_remaining:
            self.source.report.notice(
                self.name if self.section == "services" else "",
                self.key,
                f"'{entry}' was read with the values given now, because its form hangs on them",
                "Its variables are no parameters here; edit the component to change it",
                Weight.CHANGED,
            )
        return value
