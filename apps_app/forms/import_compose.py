"""Compose files from a browser: uploaded or pasted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps_app.formats.compose.errors import ON_PAGE
from apps_app.formats.compose.read import Imported, read_compose
from apps_app.formats.compose.yaml_loader import MAX_BYTES
from apps_app.forms.application import NewApplicationForm
from apps_app.importing.upload_folder import MAX_TOTAL, Uploads
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.schema.errors import SpecError

MIB = 1024 * 1024
PASTED = "compose.yaml"


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Any number of files, each held against the limit of one."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        several = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFiles, self).clean(item, initial) for item in several]


class ComposeForm(forms.Form):
    """Reads what was sent; a valid one has `imported`."""

    compose_file = forms.FileField(required=False, label="Compose file", allow_empty_file=True)
    compose_text = forms.CharField(
        required=False,
        label="Or paste it",
        strip=False,
        widget=forms.Textarea(attrs={"class": "code", "rows": 8, "spellcheck": "false"}),
    )
    env_file = forms.FileField(required=False, label=".env file", allow_empty_file=True)
    more_files = SeveralFiles(
        required=False,
        label="Files it refers to",
        help_text="Configuration files, env files, files it extends or includes. They are matched by name.",
    )
    profiles = forms.CharField(
        required=False, max_length=200, help_text="Names of profiles to take in, with commas; '*' for all."
    )
    imported: Imported

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if bool(cleaned.get("compose_file")) == bool(cleaned.get("compose_text", "").strip()):
            self.add_error("compose_file", "Give a Compose file, or paste one: exactly one of the two.")
            return cleaned
        try:
            self._read(cleaned)
        except SpecError as error:
            for fault in error.faults:
                self.add_error(None, said(fault))
        return cleaned

    @property
    def source(self) -> str:
        sent = self.cleaned_data.get("compose_file")
        return str(sent.name) if sent else PASTED

    def _read(self, cleaned: Mapping[str, Any]) -> None:
        sent = [item for item in (cleaned["compose_file"], cleaned["env_file"], *cleaned["more_files"]) if item]
        if self._too_large(sent):
            return
        files = {str(item.name): item.read() for item in cleaned["more_files"]}
        main = self.source
        files[main] = cleaned["compose_file"].read() if cleaned["compose_file"] else cleaned["compose_text"].encode()
        env = cleaned["env_file"].read() if cleaned["env_file"] else None
        profiles = tuple(filter(None, (item.strip() for item in cleaned["profiles"].split(","))))
        self.imported = read_compose(Uploads(files), main, env, profiles, ON_PAGE)

    def _too_large(self, sent: list[UploadedFile[Any]]) -> bool:
        large = [uploaded_file for uploaded_file in sent if (uploaded_file.size or 0) > MAX_BYTES]
        for file in large:
            self.add_error(None, f"{file.name} is larger than {MAX_BYTES // MIB} MiB.")
        if not large and sum(uploaded_file.size or 0 for uploaded_file in sent) > MAX_TOTAL:
            self.add_error(None, f"The files are larger than {MAX_TOTAL // MIB} MiB together.")
            return True
        return bool(large)


class ImportForm(ComposeForm, NewApplicationForm):
    """A new application out of Compose files."""

    field_order = ("compose_file", "compose_text", "env_file", "more_files", "profiles", "name", "team", "target")
