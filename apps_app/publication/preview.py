from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from apps_app.publication.baseline import PublicationSource
from apps_app.publication.choices import PublicationChoices
from apps_app.publication.component_selection import drop_components, list_dependants
from apps_app.publication.credential_choices import fill_in_values, find_publication_credentials
from apps_app.publication.parameter_choices import ParameterProposal, propose_parameters
from apps_app.publication.version_document import build_version_document
from config.errors import OperationRefused
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.presentation.published_view import compare_published, render_published
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import compute_digest
from templates_app.appspec.secrets.credential_scanner import CredentialFinding
from templates_app.appspec.validation.explicit_names import ExplicitName, list_explicit_names
from templates_app.appspec.validation.mutable_tags import MutableTag, find_mutable_tags
from templates_app.models import TemplateVersion
from templates_app.presenters.comparison import SpecComparison, compare_documents


@dataclass(frozen=True, slots=True)
class ParameterQuestion:
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
class PublicationPreview:
    """`changes` is None where `refusal` says why there can be no such publication."""

    base: TemplateVersion | None
    components: tuple[ComponentChoice, ...]
    parameters: tuple[ParameterProposal, ...]
    credentials: tuple[CredentialFinding, ...]
    questions: tuple[ParameterQuestion, ...]
    explicit_names: tuple[ExplicitName, ...] = ()
    mutable_tags: tuple[MutableTag, ...] = ()
    changes: SpecComparison | None = None
    refusal: str = ""
    faults: tuple[str, ...] = ()
    is_unchanged: bool = False

    @property
    def is_possible(self) -> bool:
        return self.changes is not None and not self.is_unchanged


def build_preview(
    source: PublicationSource,
    base: TemplateVersion | None,
    choices: PublicationChoices,
    unticked: Collection[str] | None = None,
) -> PublicationPreview:
    """What the publication would hold and change, or why it cannot be. Stores nothing.

    `unticked`: the components that somebody left out himself, where others follow them.
    """
    unticked = choices.leave_out if unticked is None else unticked
    before = base.spec if base is not None else None
    spec = drop_components(source.spec, choices.leave_out)
    result = find_publication_credentials(spec, source.values, before, source.sealed)
    hidden = {finding.path[1] for finding in result if finding.is_parameter}
    fixed = (
        base,
        _list_component_choices(source, unticked),
        tuple(
            replace(proposal, decision=choices.decisions.get(proposal.name, proposal.decision))
            for proposal in propose_parameters(spec, source.values, before)
            if proposal.name not in hidden
        ),
        result,
        tuple(ParameterQuestion(key, others) for key, others in list_dependants(source.spec, unticked).items()),
        list_explicit_names(spec),
        find_mutable_tags(fill_in_values(spec, source.values)),
    )
    try:
        created = build_version_document(source.spec, source.values, before, choices, source.sealed).spec
    except OperationRefused as refused:
        return PublicationPreview(*fixed, refusal=refused.sentence, faults=tuple(map(describe_fault, refused.parts)))
    changes = compare_documents(compare_published(before or AppSpec(), created), created)
    same = base is not None and base.digest == compute_digest(created)
    return PublicationPreview(*fixed, changes=changes, is_unchanged=same and base is not None and not base.prerelease)


def _list_component_choices(source: PublicationSource, leave_out: Collection[str]) -> tuple[ComponentChoice, ...]:
    shown = render_published(source.spec).components
    return tuple(ComponentChoice(key, shown[key].image, key not in leave_out) for key in sorted(shown))
