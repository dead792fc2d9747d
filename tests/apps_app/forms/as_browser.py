"""What a browser sends for the forms it was shown, read from their HTML."""

from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict

from apps_app.forms.component_fields.component_spec_form import WholeForms
from apps_app.forms.component_fields.tables import TableForm


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.select = self.area = ""
        self.options: list[tuple[str, bool]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        provided = {name: value or "" for name, value in attrs}
        match tag, provided.get("type", ""):
            case "textarea", _:
                self.area, self.text = provided["name"], ""
            case "select", _:
                self.select, self.options = provided["name"], []
            case "option", _:
                self.options.append((provided["value"], "selected" in provided))
            case "input", "checkbox":
                if "checked" in provided:
                    self.found.append((provided["name"], "on"))
            case "input", kind if kind != "file":
                self.found.append((provided["name"], provided.get("value", "").replace("\n", "").replace("\r", "")))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            text = self.text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
            self.found.append((self.area, text.replace("\n", "\r\n")))
        elif tag == "select":
            chosen = [value for value, selected in self.options if selected] or [self.options[0][0]]
            self.found.append((self.select, chosen[-1]))


def sent_html(html: str) -> QueryDict:
    """What is sent for the inputs of some HTML."""
    reader = _Inputs()
    reader.feed(html)
    data = QueryDict(mutable=True)
    for name, value in reader.found:
        data.appendlist(name, value)
    return data


def sent(forms: WholeForms) -> QueryDict:
    """What is sent for the whole form of a component."""
    every: list[Any] = [forms.form, *forms.singles.values(), *rows(forms.tables)]
    data = sent_html("".join(str(field) for form in every for field in form))
    for name, table in forms.tables.items():
        data[f"{name}-rows"] = str(table.count)
    return data


def rows(tables: dict[str, TableForm]) -> list[Any]:
    return [row for table in tables.values() for row in table.rows]
