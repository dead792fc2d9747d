"""What a publication would be, before anything is stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from apps_app.publication.baseline import Source
from apps_app.publication.choices import Choices
from apps_app.publication.component_selection import dependants, without
from apps_app.publication.credential_choices import suspects, with_values
from apps_app.publication.parameter_choices import Proposal, proposals
from apps_app.publication.version_document import assemble
from config.errors import Refused
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.presentation.published_view import as_published, compare_published
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import digest
from templates_app.appspec.secrets.credential_scanner import Suspect
from templates_app.appspec.validation.explicit_names import ExplicitName, explicit_names
from templates_app.appspec.validation.mutable_tags import MovingTag, moving_tags
from templates_app.models import TemplateVersion
from templates_app.presenters.comparison import Differences, differences


@dataclass(frozen=True, slots=True)
class Question:
    """A left-out component that others need: what becomes of these?"""

    key: str
    needed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComponentChoice:
    """One component that may be left out."""

    key: str
    image: str
    chosen: bool


@dataclass(frozen=True)
class Preview:
    """`changes` is None where `refusal` says why there can be no such publication."""

    base: TemplateVersion | None
    components: tuple[ComponentChoice, ...]
    parameters: tuple[Proposal, ...]
    suspects: tuple[Suspect, ...]
    questions: tuple[Question, ...]
    named: tuple[ExplicitName, ...] = ()
    moving: tuple[MovingTag, ...] = ()
    changes: Differences | None = None
    refusal: str = ""
    faults: tuple[str, ...] = ()
    nothing_changed: bool = False

    @property
    def possible(self) -> bool:
        return self.changes is not None and not self.nothing_changed


def preview(
    source: Source, base: TemplateVersion | None, choices: Choices, unticked: Collection[str] | None = None
) -> Preview:
    """What the publication would hold and change, or why it cannot be. Stores nothing.

    `unticked`: the components that somebody left out himself, where others follow them.
    """
    unticked = choices.leave_out if unticked is None else unticked
    before = base.spec if base is not None else None
    spec = without(source.spec, choices.leave_out)
    result = suspects(spec, source.values, before, source.sealed)
    hidden = {finding.path[1] for finding in result if finding.is_parameter}
    fixed = (
        base,
        _components(source, unticked),
        tuple(
            replace(proposal, decision=choices.decisions.get(proposal.name, proposal.decision))
            for proposal in proposals(spec, source.values, before)
            if proposal.name not in hidden
        ),
        result,
        tuple(Question(key, others) for key, others in dependants(source.spec, unticked).items()),
        explicit_names(spec),
        moving_tags(with_values(spec, source.values)),
    )
    try:
        created = assemble(source.spec, source.values, before, choices, source.sealed).spec
    except Refused as refused:
        return Preview(*fixed, refusal=refused.sentence, faults=tuple(map(said, refused.parts)))
    changes = differences(compare_published(before or AppSpec(), created), created)
    same = base is not None and base.digest == digest(created)
    return Preview(*fixed, changes=changes, nothing_changed=same and base is not None and not base.prerelease)


def _components(source: Source, leave_out: Collection[str]) -> tuple[ComponentChoice, ...]:
    shown = as_published(source.spec).components
    return tuple(ComponentChoice(key, shown[key].image, key not in leave_out) for key in sorted(shown))
