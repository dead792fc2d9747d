"""Components that run together on one target."""

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
from config.errors import Refused
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.schema.errors import Fault, SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import legible, parse
from templates_app.appspec.schema.serialize import Tree, tree

if TYPE_CHECKING:
    from apps_app.models.installation import Installation

FRAME = ("parameters", "volumes", "networks")


def frame_of(spec: AppSpec) -> Tree:
    """Everything of a spec beside its components."""
    plain = tree(spec)
    return {name: plain[name] for name in FRAME if name in plain}


def _record(frame: object) -> Tree:
    return frame if isinstance(frame, dict) else {}


def new_salt() -> str:
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
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    frame_desired = models.JSONField(default=dict, blank=True)
    frame_applied = models.JSONField(default=dict, blank=True)
    imported = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApplicationQuerySet.as_manager()
    illegible: tuple[Fault, ...] = ()
    """What `legible_spec` left out, once it was asked."""

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
    def key_of_digests(self) -> bytes:
        return bytes.fromhex(self.salt)

    def desired_spec(self) -> AppSpec:
        """As the operator has it now. Reads the components once. Raises Refused where it cannot be read."""
        return self._spec(self._desired())

    def applied_spec(self) -> AppSpec:
        """As it last succeeded on the target. Reads the components once. Raises Refused where it cannot be read."""
        return self._spec(self._applied())

    def legible_spec(self) -> AppSpec:
        """As the operator has it now, without the places that cannot be read: those are `illegible` from then on.

        For pages that show, and for what mends.
        """
        spec, self.illegible = legible(self._desired())
        return spec

    def legible_applied_spec(self) -> AppSpec:
        """As it last succeeded on the target, as far as it can be read."""
        return legible(self._applied()).spec

    @property
    def waits_for_install(self) -> bool:
        """Whether it comes from a template, and no version of that ever arrived."""
        installation = self.installed()
        return installation is not None and installation.version_id is None

    def installed(self) -> Installation | None:
        return getattr(self, "installation", None)

    def _desired(self) -> Tree:
        components = {row.key: row.desired for row in self.components.all() if row.desired is not None}
        return {**_record(self.frame_desired), "components": components}

    def _applied(self) -> Tree:
        components = {row.key: row.applied for row in self.components.all() if row.applied is not None}
        return {**_record(self.frame_applied), "components": components}

    def _spec(self, document: Tree) -> AppSpec:
        try:
            return parse(document)
        except SpecError as error:
            sentence = f"The document of {self.name} cannot be read in full, so nothing can be made from it."
            raise Refused(sentence, map(said, error.faults), url=self.get_absolute_url()) from error

    def was_ever_applied(self) -> bool:
        """Return whether any part of it is on its target; the target cannot be changed then."""
        if self.frame_applied:
            return True
        return self.components.exclude(applied__isnull=True, applied_unknown=False).exists()
