"""One key of one service: where a short form is read, and what is said about it."""

from collections.abc import Callable

from pydantic import JsonValue

from apps_app.sources.compose.errors import Weight
from apps_app.sources.compose.source import Source
from templates_app.spec.text import TextError


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
            value, kept = self.source.variables.split(entry, form)
        except (ValueError, TextError) as error:
            self.source.report.fault(self.path, str(error))
            return None
        if not kept:
            self.source.report.notice(
                self.name if self.section == "services" else "",
                self.key,
                f"'{entry}' was read with the values given now, because its form hangs on them",
                "Its variables are no parameters here; edit the component to change it",
                Weight.CHANGED,
            )
        return value
