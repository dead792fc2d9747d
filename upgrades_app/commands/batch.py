"""Upgrade many installations of a template, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from django.db.utils import InterfaceError, OperationalError

from apps_app.models import Application, Installation
from config.accounts.access.actor import Actor, Forbidden
from config.commands import CommandFailed
from config.errors import OperationRefused
from templates_app.appspec.schema.serialize import to_canonical_json
from templates_app.appspec.versioning.versions import VersionError, matches_specifier
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import PlanProposal
from upgrades_app.commands.follow_run import run_and_follow
from upgrades_app.commands.options import UpgradeOptions
from upgrades_app.commands.outdated import accepts_version, list_visible_installations
from upgrades_app.commands.plan_output import describe_failure, format_counts, get_partial_version, list_open_issues
from upgrades_app.commands.planning import (
    build_proposal_with_options,
    check_confirmable,
    check_digest,
    save_and_confirm,
)
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.planning.plan import PlanState


class BatchResult(StrEnum):
    UPGRADED = "upgraded"
    QUEUED = "queued"
    PENDING = "pending"
    NO_CHANGES = "no changes"
    REFUSED = "refused"
    FAILED = "failed"
    SKIPPED = "skipped"


STARTED = frozenset({BatchResult.UPGRADED, BatchResult.QUEUED, BatchResult.PENDING, BatchResult.FAILED})


@dataclass(frozen=True, slots=True)
class BatchLine:
    """Result for one installation. `partial` describes a partial upgrade, for example "1 of 4 at 1.1"."""

    application: str
    before: str
    result: BatchResult
    message: str
    faults: tuple[str, ...] = ()
    digest: str = ""
    record: int | None = None
    partial: str = ""


def list_outdated_installations(by: Actor, to: TemplateVersion, specifier: str | None) -> tuple[Installation, ...]:
    """Return installations older than `to` that accept it and match the version specifier."""
    older = list_visible_installations(by).filter(template=to.template, version__sort_key__lt=to.sort_key)
    try:
        return tuple(
            installation
            for installation in older
            if accepts_version(installation, to) and _is_at_version(installation, specifier)
        )
    except VersionError as error:
        raise OperationRefused(f"--from: {error}") from error


def _is_at_version(installation: Installation, specifier: str | None) -> bool:
    return specifier is None or (
        installation.version is not None and matches_specifier(specifier, installation.version.version)
    )


@dataclass
class UpgradeBatch:
    """Upgrades installations in turn. `limit` counts started ones, `max_failures` failed ones, neither refused ones."""

    to: TemplateVersion
    by: Actor
    options: UpgradeOptions
    write_line: Callable[[str], None]
    limit: int | None = None
    max_failures: int | None = None
    counts: Counter[BatchResult] = field(default_factory=Counter)

    def preview(self, installations: Iterable[Installation]) -> Iterator[BatchLine]:
        """Plan every upgrade without executing it."""
        return self._handle_each(installations, self._plan_one)

    def run(
        self, installations: Iterable[Installation], digests: Mapping[str, str] | None = None
    ) -> Iterator[BatchLine]:
        """Execute every upgrade. `digests` (by application) restricts each to its previewed plan."""
        return self._handle_each(
            installations,
            lambda application: self._upgrade_one(application, self._get_expected_digest(application, digests)),
        )

    def _handle_each(
        self, installations: Iterable[Installation], do: Callable[[Application], BatchLine]
    ) -> Iterator[BatchLine]:
        self.counts = Counter()
        for installation in installations:
            reason = self._get_stop_reason()
            line = (
                self._build_line(installation.application, BatchResult.SKIPPED, reason)
                if reason
                else self._handle_safely(installation.application, do)
            )
            self.counts[line.result] += 1
            yield line

    def _get_stop_reason(self) -> str:
        """Return why no further upgrade is started, or ""."""
        if self.limit is not None and sum(self.counts[batch_result] for batch_result in STARTED) >= self.limit:
            return f"limit of {self.limit} reached"
        if self.max_failures is not None and self.counts[BatchResult.FAILED] >= self.max_failures:
            return f"stopped after {self.counts[BatchResult.FAILED]} failures"
        return ""

    def _handle_safely(self, application: Application, do: Callable[[Application], BatchLine]) -> BatchLine:
        try:
            return do(application)
        except OperationRefused as refused:
            return self._build_line(application, BatchResult.REFUSED, refused.sentence, faults=refused.faults)
        except Forbidden as forbidden:
            return self._build_line(application, BatchResult.REFUSED, forbidden.sentence)
        except (CommandFailed, OperationalError, InterfaceError):  # stopped, or no other upgrade could succeed
            raise
        except Exception as error:  # noqa: BLE001 - an unexpected error must not stop the batch
            return self._build_line(application, BatchResult.FAILED, f"{type(error).__name__}: {error}")

    def _plan_one(self, application: Application) -> BatchLine:
        plan = self._build_proposal(application).plan
        if plan.state in {PlanState.BLOCKED, PlanState.QUESTIONS_OPEN}:
            faults = list_open_issues(plan)
            return self._build_line(
                application, BatchResult.REFUSED, str(plan.state), faults=faults, digest=plan.digest
            )
        result = BatchResult.PENDING if plan.state is PlanState.READY else BatchResult.NO_CHANGES
        return self._build_line(application, result, format_counts(plan), digest=plan.digest)

    def _upgrade_one(self, application: Application, digest: str) -> BatchLine:
        proposal = self._build_proposal(application)
        plan = proposal.plan
        check_digest(plan, digest)
        check_confirmable(plan, application.slug)
        if plan.state is PlanState.NOTHING_TO_DO:
            return self._build_line(application, BatchResult.NO_CHANGES, format_counts(plan), digest=plan.digest)
        return self._execute_one(application, proposal)

    def _execute_one(self, application: Application, proposal: PlanProposal) -> BatchLine:
        record = save_and_confirm(proposal, self.by, self.options)
        data = {"digest": record.digest, "record": record.pk}
        if self.options.detach:
            return self._build_line(application, BatchResult.QUEUED, record.get_absolute_url(), **data)
        ended = run_and_follow(record, self.write_line)
        if ended.completed_as_planned:
            partial = get_partial_version(application)
            return self._build_line(application, BatchResult.UPGRADED, ended.result, partial=partial, **data)
        message = describe_failure(ended, application).removeprefix(f"{application.slug}: ")
        return self._build_line(application, BatchResult.FAILED, message, **data)

    def _get_expected_digest(self, application: Application, digests: Mapping[str, str] | None) -> str:
        if digests is None:
            return ""
        if not digests.get(application.slug):
            raise OperationRefused("The dry run contains no plan for it.")
        return digests[application.slug]

    def _build_proposal(self, application: Application) -> PlanProposal:
        result = Application.objects.with_installation().get(pk=application.pk)
        return build_proposal_with_options(result, OperationKind.UPGRADE, self.to, self.options)

    def _build_line(self, application: Application, result: BatchResult, message: str, **more: object) -> BatchLine:
        installation = application.get_installation()
        version = installation.version_label if installation is not None else ""
        return BatchLine(application.slug, version, result, message, **more)  # type: ignore[arg-type]  # its fields


def compute_batch_digest(lines: Sequence[BatchLine]) -> str:
    """Return the SHA-256 over all plan digests, as printed by a dry run."""
    return "sha256:" + sha256(to_canonical_json({line.application: line.digest for line in lines})).hexdigest()
