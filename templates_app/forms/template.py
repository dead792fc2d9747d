from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from templates_app.forms.logo import MOST_BYTES, LogoError, read_logo
from templates_app.models import AppTemplate, TemplateVersion
from templates_app.models.tags import TagError, parse_tags


class TemplateForm(forms.Form):
    """`logo` becomes the PNG that is kept, or None where none was sent."""

    name = forms.CharField(max_length=120)
    description = forms.CharField(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    tags = forms.CharField(
        required=False, max_length=400, help_text="Search tags, separated by spaces or commas: web, database, php8."
    )
    scope = forms.ChoiceField(label="Offered to", choices=AppTemplate.Scope.choices, widget=forms.RadioSelect)
    logo = forms.FileField(
        required=False,
        help_text="PNG, JPEG, WebP or GIF, at most 1 MiB. Resized to 128 pixels.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    drop_logo = forms.BooleanField(required=False, label="Remove the logo")

    def __init__(self, *args: Any, template: AppTemplate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "name": template.name,
            "description": template.description,
            "tags": ", ".join(template.tags),
            "scope": template.scope,
        }
        if not template.logo_digest:
            del self.fields["drop_logo"]

    def clean_tags(self) -> list[str]:
        try:
            return parse_tags(self.cleaned_data["tags"])
        except TagError as error:
            raise ValidationError(str(error)) from error

    def clean_logo(self) -> bytes | None:
        sent: UploadedFile[Any] | None = self.cleaned_data["logo"]
        if not sent:
            return None
        try:
            return read_logo(sent.read(MOST_BYTES + 1))
        except LogoError as error:
            raise ValidationError(str(error)) from error


class NotesForm(forms.Form):
    alias = forms.CharField(required=False, max_length=80, help_text="An alternative name, for example Spring.")
    notes = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, *args: Any, version: TemplateVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"alias": version.alias, "notes": version.notes}
