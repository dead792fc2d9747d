"""Many installations of one template to one version, one after the other; a failure of one never harms another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from django.db.utils import InterfaceError, OperationalError

from apps_app.models import Application, Installation
from config.accounts.access.actor import Actor, Forbidden
from config.commands import Failed
from config.errors import Refused
from templates_app.appspec.schema.serialize import canonical
from templates_app.appspec.versioning.versions import VersionError, matches
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import Proposal
from upgrades_app.commands.follow_run import carry_out
from upgrades_app.commands.options import Switches
from upgrades_app.commands.outdated import seen_by, takes
from upgrades_app.commands.plan_output import failure, left_partial, tally, why_not
from upgrades_app.commands.planning import confirmed, propose_with, require_confirmable, require_this_plan
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.planning.plan import PlanState


class Result(StrEnum):
    UPGRADED = "upgraded"
    QUEUED = "queued"
    TO_DO = "to do"
    NOTHING_TO_DO = "nothing to do"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_TRIED = "not tried"


BEGUN = frozenset({Result.UPGRADED, Result.QUEUED, Result.TO_DO, Result.FAILED})


@dataclass(frozen=True, slots=True)
class Line:
    """How it went for one installation. `partial`: how many of its components were taken along, if not all."""

    application: str
    before: str
    result: Result
    sentence: str
    faults: tuple[str, ...] = ()
    digest: str = ""
    record: int | None = None
    partial: str = ""


def to_upgrade(by: Actor, to: TemplateVersion, specifier: str | None) -> tuple[Installation, ...]:
    """Every installation that is behind that version and takes it, now at a version of the specifier."""
    older = seen_by(by).filter(template=to.template, version__sort_key__lt=to.sort_key)
    try:
        return tuple(
            installation for installation in older if takes(installation, to) and _is_at(installation, specifier)
        )
    except VersionError as error:
        raise Refused(f"--from: {error}") from error


def _is_at(installation: Installation, specifier: str | None) -> bool:
    return specifier is None or (installation.version is not None and matches(specifier, installation.version.version))


@dataclass
class Batch:
    """`limit` counts those that are begun, `most_failures` those whose record failed: a refusal changes nothing."""

    to: TemplateVersion
    by: Actor
    switches: Switches
    tell: Callable[[str], None]
    limit: int | None = None
    most_failures: int | None = None
    counts: Counter[Result] = field(default_factory=Counter)

    def look(self, installations: Iterable[Installation]) -> Iterator[Line]:
        """What would be done, and nothing done."""
        return self._each(installations, self._looked_at)

    def run(self, installations: Iterable[Installation], digests: Mapping[str, str] | None = None) -> Iterator[Line]:
        """One after the other; with `digests` (by application) each only by that very plan."""
        return self._each(
            installations, lambda application: self._upgraded(application, self._expected(application, digests))
        )

    def _each(self, installations: Iterable[Installation], do: Callable[[Application], Line]) -> Iterator[Line]:
        self.counts = Counter()
        for installation in installations:
            why = self._over()
            line = (
                self._line(installation.application, Result.NOT_TRIED, why)
                if why
                else self._safely(installation.application, do)
            )
            self.counts[line.result] += 1
            yield line

    def _over(self) -> str:
        """Why no more is begun, or ""."""
        if self.limit is not None and sum(self.counts[batch_result] for batch_result in BEGUN) >= self.limit:
            return f"the limit of {self.limit} is reached"
        if self.most_failures is not None and self.counts[Result.FAILED] >= self.most_failures:
            return f"{self.counts[Result.FAILED]} failed before it"
        return ""

    def _safely(self, application: Application, do: Callable[[Application], Line]) -> Line:
        try:
            return do(application)
        except Refused as refused:
            return self._line(application, Result.REFUSED, refused.sentence, faults=refused.faults)
        except Forbidden as forbidden:
            return self._line(application, Result.REFUSED, forbidden.sentence)
        except (Failed, OperationalError, InterfaceError):  # somebody stopped it, or no other could go better
            raise
        except Exception as error:  # noqa: BLE001 - one that goes wrong unforeseen must not take the others along
            return self._line(application, Result.FAILED, f"{type(error).__name__}: {error}")

    def _looked_at(self, application: Application) -> Line:
        plan = self._proposal(application).plan
        if plan.state in {PlanState.BLOCKED, PlanState.QUESTIONS_OPEN}:
            faults = why_not(plan)
            return self._line(application, Result.REFUSED, str(plan.state), faults=faults, digest=plan.digest)
        result = Result.TO_DO if plan.state is PlanState.READY else Result.NOTHING_TO_DO
        return self._line(application, result, tally(plan), digest=plan.digest)

    def _upgraded(self, application: Application, digest: str) -> Line:
        proposal = self._proposal(application)
        plan = proposal.plan
        require_this_plan(plan, digest)
        require_confirmable(plan, application.slug)
        if plan.state is PlanState.NOTHING_TO_DO:
            return self._line(application, Result.NOTHING_TO_DO, tally(plan), digest=plan.digest)
        return self._carried_out(application, proposal)

    def _carried_out(self, application: Application, proposal: Proposal) -> Line:
        record = confirmed(proposal, self.by, self.switches)
        done = {"digest": record.digest, "record": record.pk}
        if self.switches.detach:
            return self._line(application, Result.QUEUED, record.get_absolute_url(), **done)
        ended = carry_out(record, self.tell)
        if ended.went_as_planned:
            partial = left_partial(application)
            return self._line(application, Result.UPGRADED, ended.result, partial=partial, **done)
        sentence = failure(ended, application).removeprefix(f"{application.slug}: ")
        return self._line(application, Result.FAILED, sentence, **done)

    def _expected(self, application: Application, digests: Mapping[str, str] | None) -> str:
        if digests is None:
            return ""
        if not digests.get(application.slug):
            raise Refused("There was no plan for it in that dry run.")
        return digests[application.slug]

    def _proposal(self, application: Application) -> Proposal:
        result = Application.objects.with_installation().get(pk=application.pk)
        return propose_with(result, Kind.UPGRADE, self.to, self.switches)

    def _line(self, application: Application, result: Result, sentence: str, **more: object) -> Line:
        installation = application.installed()
        return Line(application.slug, installation.reads if installation is not None else "", result, sentence, **more)  # type: ignore[arg-type]  # its fields


def digest_of(lines: Sequence[Line]) -> str:
    """The SHA-256 over the plans of all: what a dry run of a batch printed."""
    return "sha256:" + sha256(canonical({line.application: line.digest for line in lines})).hexdigest()
