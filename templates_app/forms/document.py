from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.parse import parse_spec_json
from templates_app.appspec.schema.serialize import compute_digest, to_plain
from templates_app.appspec.validation.validate import validate_spec
from templates_app.models import TemplateVersion


class DocumentField(forms.CharField):
    """JSON text of a whole document, read and written in one canonical order; every fault is an error of its own."""

    widget = forms.Textarea(attrs={"rows": 40, "cols": 110, "class": "vLargeTextField", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else format_document(value)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            spec = parse_spec_json(text or "")
            faults = validate_spec(spec)
        except SpecError as error:
            faults = error.faults
        else:
            if not faults:
                return to_plain(spec)
        raise ValidationError([str(fault) for fault in faults])

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(format_document(initial), data)


class VersionDocumentForm(forms.ModelForm[TemplateVersion]):
    document = DocumentField()

    class Meta:
        model = TemplateVersion
        fields = ("template", "version", "alias", "notes", "document")

    def save(self, commit: bool = True) -> TemplateVersion:
        if "document" in self.cleaned_data:
            self.instance.digest = compute_digest(self.cleaned_data["document"])
        return super().save(commit)


def format_document(document: Any) -> str:
    """The document as people read it."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
