"""What is wrong with what was sent, counted and linked: for the summary above a form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet, BoundField

register = template.Library()


@dataclass(frozen=True, slots=True)
class Problem:
    """One message; `anchor` is the id of the input it speaks of, "" where it speaks of the whole."""

    message: str
    label: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Problems:
    """All of them. One that stands at its field in sight needs no summary."""

    found: tuple[Problem, ...]
    summed_up: bool

    @property
    def one_sentence(self) -> str:
        """The only one, where it is of the whole form and needs no heading above it."""
        return self.found[0].message if len(self.found) == 1 and not self.found[0].anchor else ""


@register.simple_tag
def problems(form: BaseForm, rows: Mapping[str, Any] | str | None = None) -> Problems:
    """The problems of a form, and of the sets of rows that belong to it."""
    sets = list(rows.values()) if isinstance(rows, Mapping) else []
    of_form = tuple(_of(form))
    of_rows = tuple(problem for some in sets for problem in _of_set(some))
    result = (*of_form, *of_rows)
    return Problems(result, len(result) > 1 or bool(of_rows) or any(not problem.anchor for problem in of_form))


def _of_set(rows: Any) -> Iterator[Problem]:
    """Of a set of forms, of anything else that has `rows`, or of one form."""
    if isinstance(rows, BaseForm):
        yield from _of(rows)
        return
    if not isinstance(rows, BaseFormSet):
        for form in rows.rows:
            yield from _of(form)
        return
    if not rows.is_bound:
        return
    yield from (Problem(str(non_form_error)) for non_form_error in rows.non_form_errors())
    for form in rows.forms:
        yield from _of(form)


def _of(form: BaseForm) -> Iterator[Problem]:
    yield from (Problem(str(non_field_error)) for non_field_error in form.non_field_errors())
    for field in form:
        yield from (Problem(str(error), _label(field), _anchor(field)) for error in field.errors)


def _label(field: BoundField) -> str:
    return str(field.label) or field.name


def _anchor(field: BoundField) -> str:
    return "" if field.is_hidden else field.id_for_label or str(field.auto_id)
