from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse

from apps_app.drivers.base import Placement
from apps_app.models.target import Target
from config.accounts.access.guards import TeamScoped
from config.accounts.models import Team
from config.errors import OperationRefused
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_leniently, parse_spec
from templates_app.appspec.schema.serialize import JsonTree, to_plain

if TYPE_CHECKING:
    from apps_app.models.installation import Installation

FRAME = ("parameters", "volumes", "networks")


def get_definitions(spec: AppSpec) -> JsonTree:
    """Everything of a spec beside its components."""
    plain = to_plain(spec)
    return {name: plain[name] for name in FRAME if name in plain}


def _as_record(frame: object) -> JsonTree:
    return frame if isinstance(frame, dict) else {}


def generate_salt() -> str:
    return secrets.token_hex(32)


class ApplicationQuerySet(TeamScoped["Application"]):
    def with_installation(self) -> ApplicationQuerySet:
        return self.select_related("team", "target", "installation__template", "installation__version")


class Application(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=40, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="applications")
    name = models.CharField(max_length=120)
    target = models.ForeignKey(Target, null=True, blank=True, on_delete=models.PROTECT, related_name="applications")
    salt = models.CharField(max_length=64, default=generate_salt, editable=False)
    definitions_desired = models.JSONField(default=dict, blank=True)
    definitions_applied = models.JSONField(default=dict, blank=True)
    imported = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApplicationQuerySet.as_manager()
    parse_errors: tuple[Fault, ...] = ()
    """The parts that `parse_desired_leniently` left out; empty until it was called."""

    class Meta:
        ordering = ("name", "slug")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("apps:topology", args=[self.slug])

    @property
    def placement(self) -> Placement:
        return Placement(uid=str(self.uid), slug=self.slug)

    @property
    def digest_key(self) -> bytes:
        return bytes.fromhex(self.salt)

    def desired_spec(self) -> AppSpec:
        """Return the desired document. Reads the components once. Raises OperationRefused if it is invalid."""
        return self._spec(self._desired())

    def applied_spec(self) -> AppSpec:
        """Return the last applied document. Reads the components once. Raises OperationRefused if it is invalid."""
        return self._spec(self._applied())

    def parse_desired_leniently(self) -> AppSpec:
        """Return the desired document without its invalid parts, and list these in `parse_errors`.

        For pages that display the document and for actions that repair it.
        """
        spec, self.parse_errors = parse_leniently(self._desired())
        return spec

    def parse_applied_leniently(self) -> AppSpec:
        """Return the last applied document without its invalid parts."""
        return parse_leniently(self._applied()).spec

    @property
    def is_install_pending(self) -> bool:
        """Whether the application has a template, and none of its versions was ever installed."""
        installation = self.get_installation()
        return installation is not None and installation.version_id is None

    def get_installation(self) -> Installation | None:
        return getattr(self, "installation", None)

    def _desired(self) -> JsonTree:
        components = {row.key: row.desired for row in self.components.all() if row.desired is not None}
        return {**_as_record(self.definitions_desired), "components": components}

    def _applied(self) -> JsonTree:
        components = {row.key: row.applied for row in self.components.all() if row.applied is not None}
        return {**_as_record(self.definitions_applied), "components": components}

    def _spec(self, document: JsonTree) -> AppSpec:
        try:
            return parse_spec(document)
        except SpecError as error:
            sentence = f"The document of {self.name} contains invalid data. Fix it first."
            raise OperationRefused(sentence, map(describe_fault, error.faults), url=self.get_absolute_url()) from error

    def was_ever_applied(self) -> bool:
        """Return whether any part of it is on its target; the target cannot be changed then."""
        if self.definitions_applied:
            return True
        return self.components.exclude(applied__isnull=True, applied_unknown=False).exists()
