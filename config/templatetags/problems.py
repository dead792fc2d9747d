from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet, BoundField

register = template.Library()


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One message; `anchor` is the id of the input it speaks of, "" where it speaks of the whole."""

    message: str
    label: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class FormProblems:
    """All of them. One that stands at its field in sight needs no summary."""

    problems: tuple[FormProblem, ...]
    is_summarized: bool

    @property
    def single_message(self) -> str:
        """The only one, where it is of the whole form and needs no heading above it."""
        return self.problems[0].message if len(self.problems) == 1 and not self.problems[0].anchor else ""


@register.simple_tag
def collect_problems(form: BaseForm, rows: Mapping[str, Any] | str | None = None) -> FormProblems:
    """The problems of a form, and of the sets of rows that belong to it."""
    sets = list(rows.values()) if isinstance(rows, Mapping) else []
    of_form = tuple(_collect_from_form(form))
    of_rows = tuple(problem for some in sets for problem in _collect_from_formset(some))
    result = (*of_form, *of_rows)
    return FormProblems(result, len(result) > 1 or bool(of_rows) or any(not problem.anchor for problem in of_form))


def _collect_from_formset(rows: Any) -> Iterator[FormProblem]:
    """Of a set of forms, of anything else that has `rows`, or of one form."""
    if isinstance(rows, BaseForm):
        yield from _collect_from_form(rows)
        return
    if not isinstance(rows, BaseFormSet):
        for form in rows.rows:
            yield from _collect_from_form(form)
        return
    if not rows.is_bound:
        return
    yield from (FormProblem(str(non_form_error)) for non_form_error in rows.non_form_errors())
    for form in rows.forms:
        yield from _collect_from_form(form)


def _collect_from_form(form: BaseForm) -> Iterator[FormProblem]:
    yield from (FormProblem(str(non_field_error)) for non_field_error in form.non_field_errors())
    for field in form:
        yield from (FormProblem(str(error), _get_label(field), _get_anchor(field)) for error in field.errors)


def _get_label(field: BoundField) -> str:
    return str(field.label) or field.name


def _get_anchor(field: BoundField) -> str:
    return "" if field.is_hidden else field.id_for_label or str(field.auto_id)
