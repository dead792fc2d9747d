"""Which component stands for which of a version, and the values of its parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict

from apps_app.queries.link_proposal import Choices
from templates_app.appspec.linking.component_matching import Match
from templates_app.appspec.linking.equivalence import sealed_names
from templates_app.appspec.linking.parameter_inference import Guess
from templates_app.appspec.presentation.path_labels import place
from templates_app.appspec.schema.model import Parameter
from templates_app.models import AppTemplate, TemplateVersion
from templates_app.models.template import AppTemplateQuerySet

MANY = 40
OFFER, LEAVE_OUT = "", "-"
NOT_HERE = ((OFFER, "Not here: offer it with the next upgrade"), (LEAVE_OUT, "Not here: leave it out for good"))


class _VersionField(forms.ModelChoiceField[TemplateVersion]):
    def label_from_instance(self, obj: TemplateVersion) -> str:
        return obj.label


class VersionForm(forms.Form):
    """The template, and once it is known, its version."""

    template = forms.ModelChoiceField(
        queryset=AppTemplate.objects.none(), to_field_name="slug", empty_label="Choose a template"
    )
    version = _VersionField(
        queryset=TemplateVersion.objects.none(), to_field_name="version", required=False, empty_label="Choose a version"
    )

    def __init__(self, data: QueryDict | None, *, templates: AppTemplateQuerySet) -> None:
        super().__init__(data)
        cast("forms.ModelChoiceField[Any]", self.fields["template"]).queryset = templates
        chosen = templates.filter(slug=data.get("template", "")).first() if data else None
        if chosen is None:
            del self.fields["version"]
        else:
            versions = cast("forms.ModelChoiceField[Any]", self.fields["version"])
            versions.queryset = chosen.versions.released().newest_first().defer("document").select_related("template")


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One component of the version with the field that says what stands for it here."""

    match: Match
    image: str
    field: forms.BoundField


class AttachForm(forms.Form):
    """`matches` is what was found without anybody's help: only what differs from it is said by hand.

    In a large application a key that both sides have stands for no other one: all keys for each would be a long page.
    """

    def __init__(
        self,
        data: QueryDict | None,
        *,
        version: TemplateVersion,
        keys: list[str],
        matches: Mapping[str, Match],
        held: Collection[str],
        inferred: Mapping[str, Guess],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.matches = matches
        self.components = version.spec.components
        offered = [key for key in keys if len(keys) <= MANY or key not in self.components]
        for key in self.components:
            text = matches[key].key if key in matches else key if key in keys else OFFER
            first = [key] if key in keys else []
            own = [(fromkey, fromkey) for fromkey in dict.fromkeys([*first, *offered])]
            field = forms.ChoiceField(choices=[*own, *NOT_HERE], initial=text, required=False, label=f"{key} here")
            field.widget.attrs["aria-label"] = f"{key} here"
            self.fields[f"component-{key}"] = field
        parameters = version.spec.parameters
        closed = sealed_names(parameters) | set(held)
        self.asked = {name: item for name, item in parameters.items() if not item.fixed and name not in closed}
        for name, parameter in sorted(self.asked.items()):
            guess = inferred[name].value if name in inferred else None
            self.fields[f"value-{name}"] = _value_field(name, parameter, guess)

        self.fields["although_unmatched"] = forms.BooleanField(required=False, label="Attach it though nothing matches")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        data = [cleaned.get(f"component-{key}", "") for key in self.components]
        for key in self.components:
            here = cleaned.get(f"component-{key}", "")
            if here not in {OFFER, LEAVE_OUT} and data.count(here) > 1:
                self.add_error(f"component-{key}", f"{here} cannot stand for two components.")
        return cleaned

    def again(self, choices: Choices, matches: Iterable[Match], inferred: Mapping[str, Guess]) -> dict[str, Any]:
        """What a fresh form starts with once `choices` were made and that was found."""
        left_out = dict.fromkeys(choices.left_out, LEAVE_OUT)
        here = {
            f"component-{match.template_key}": match.key or left_out.get(match.template_key, OFFER) for match in matches
        }
        known = {name: parameter.value or "" for name, parameter in inferred.items()} | dict(choices.values)
        return here | {f"value-{name}": text for name, text in known.items()}

    def warn(self, contradicting: Mapping[str, tuple[Guess, ...]]) -> None:
        """Says beside a field what the application's texts do not agree about."""
        for name in self.asked.keys() & contradicting.keys():
            self.fields[f"value-{name}"].help_text = f"Not clear: {_disagreeing(contradicting[name])}."

    def rows(self, now: Mapping[str, Match], images: Mapping[str, str]) -> list[MatchRow]:
        """With the reasons that hold `now`."""
        result = {**self.matches, **now}
        return [
            MatchRow(result.get(key, Match(key, "", "")), images.get(key, ""), self[f"component-{key}"])
            for key in sorted(self.components)
        ]

    def values(self) -> list[forms.BoundField]:
        return [self[f"value-{name}"] for name in sorted(self.asked)]

    def choices(self) -> Choices:
        """What was said, once the form is valid."""
        data = {key: self.cleaned_data[f"component-{key}"] for key in self.components}
        result = {key: match.key for key, match in self.matches.items()}
        chosen = {key: "" if item == LEAVE_OUT else item for key, item in data.items()}
        typed = {name: self.cleaned_data[f"value-{name}"] for name in self.asked}
        return Choices(
            {key: item for key, item in chosen.items() if item != result.get(key, "")},
            frozenset(key for key, item in data.items() if item == LEAVE_OUT),
            {name: text for name, text in typed.items() if text not in {"", self.fields[f"value-{name}"].initial}},
            bool(self.cleaned_data["although_unmatched"]),
        )


def _value_field(name: str, parameter: Parameter, text: str | None) -> forms.Field:
    label, default = parameter.label or name, parameter.default or ""
    common: dict[str, Any] = {"required": False, "label": label, "help_text": parameter.description, "initial": text}
    if parameter.choices:
        choices = [("", f"Follow the version ({default})" if default else "Not set")]
        choices += [(choice, choice) for choice in parameter.choices]
        return forms.ChoiceField(choices=choices, **common)
    widget = forms.TextInput(attrs={"class": "code", "placeholder": default or "not set"})
    return forms.CharField(strip=False, widget=widget, **common)


def _disagreeing(guesses: tuple[Guess, ...]) -> str:
    """ "debug in web env A, warn in web env B" """
    return ", ".join(f"{guess.value or 'not set'} in {_first(guess)}" for guess in guesses)


def _first(parameter: Guess) -> str:
    more = len(parameter.places) - 1
    others = f" and {more} more place{'s' if more > 1 else ''}" if more else ""
    return f"{place(parameter.places[0])}{others}"
