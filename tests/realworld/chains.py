"""Real releases worked as an operator works them: imported again and again, published, installed, upgraded along."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from apps_app.actions.finish_publication import confirm_release
from apps_app.actions.import_compose import Answers as ImportAnswers
from apps_app.actions.import_compose import import_compose, merged, reimport_compose
from apps_app.actions.publish import publish
from apps_app.actions.save_component import save_component
from apps_app.formats.compose.read import Imported, read_compose
from apps_app.importing.upload_folder import Folder
from apps_app.models import Application, Target
from apps_app.publication.choices import NewTemplate
from config.accounts.models import Team
from templates_app.actions.synchronize import synchronize
from templates_app.appspec.validation.validate import incomplete
from templates_app.models import AppTemplate, TemplateVersion
from tests.upgrades_app.road import ADA, carried_out, fresh, installed
from upgrades_app.actions.build_plan import Proposal, propose
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.inputs.question import Question, QuestionKind
from upgrades_app.engine.planning.plan import Plan, PlanState, told
from upgrades_app.models import UpgradeRecord

FILE = "docker-compose.yml"

SAFE = {
    QuestionKind.CONFLICT: "ours",
    QuestionKind.REMOVED: "remove",
    QuestionKind.RISK: "accept",
    QuestionKind.DRIFT: "put_back",
}
"""What somebody answers who wants to keep what is his, and nothing else."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One project's releases, oldest first."""

    project: str
    releases: tuple[str, ...]

    def folder(self, realworld: Path, release: str) -> Path:
        return realworld / self.project / release


SENTRY = Chain("sentry-self-hosted", ("20.6.0", "21.6.0", "22.6.0", "23.6.0", "24.6.0", "25.6.0"))
OPENTELEMETRY = Chain("opentelemetry-demo", ("1.5.0", "1.9.0", "1.12.0"))
CHAINS = (SENTRY, OPENTELEMETRY)


def imported(folder: Path) -> Imported:
    """The release as it is read from its folder, with its .env."""
    return read_compose(Folder(folder), FILE, (folder / ".env").read_bytes())


def published(chain: Chain, realworld: Path, team: Team) -> list[TemplateVersion]:
    """Every release as a version of one template, out of one source that imports release after release."""
    source: Application | None = None
    versions: list[TemplateVersion] = []
    for release in chain.releases:
        import_result = imported(chain.folder(realworld, release))
        source = _taken_over(source, import_result, team, chain.project)
        _give_images(source, release)
        versions.append(_released(source, versions[0].template if versions else None, release))
    return versions


def _taken_over(source: Application | None, import_result: Imported, team: Team, name: str) -> Application:
    if source is None:
        return import_compose(ADA, team=team, name=f"{name}-source", imported=import_result, source=FILE)
    merge = merged(source, import_result)
    answers = ImportAnswers(
        {decision.id: "theirs" for decision in merge.conflicts},
        dict.fromkeys(merge.removed, "remove"),
        replace_secrets=True,
    )
    reimport_compose(source, ADA, imported=import_result, answers=answers, source=FILE)
    return fresh(source)


def _give_images(source: Application, release: str) -> None:
    """What Compose would build gets the image that somebody built and pushed."""
    spec = source.desired_spec()
    for key in [fault.path.split(".")[1] for fault in incomplete(spec)]:
        built = spec.components[key].model_copy(update={"image": f"registry.example/built/{key}:{release}"})
        row = source.components.get(key=key)
        save_component(source, ADA, key=key, component=built, revision=row.revision)


def _released(source: Application, template: AppTemplate | None, release: str) -> TemplateVersion:
    desired = template or NewTemplate(source.name.removesuffix("-source"))
    record = publish(source, ADA, template=desired, version=release, queue=False)
    draft = record.version
    assert draft is not None
    assert synchronize(draft), list(draft.sync_records.unfinished().values("key", "error"))
    return confirm_release(record, ADA)


@dataclass(slots=True)
class Journey:
    """One installation on its way: the records that ran, every question that was asked, how long plans took."""

    application: Application
    records: list[UpgradeRecord] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def now(self) -> Application:
        return fresh(self.application)

    def questions_about(self, *paths: tuple[str, ...]) -> list[Question]:
        """The questions about one of these places, about something in it, or about what it is part of."""
        return [
            question
            for question in self.asked
            if any(question.path[: len(path)] == path or path[: len(question.path)] == question.path for path in paths)
        ]

    def go(
        self, kind: Kind, to: TemplateVersion | None, choose: dict[QuestionKind, str] | None = None
    ) -> UpgradeRecord:
        """Proposes, answers whatever is asked, confirms and runs. Fails with the plan where it does not succeed."""
        proposal = self.answered(kind, to, choose)
        assert proposal.plan.state is PlanState.READY, told(proposal.plan)
        self.plans.append(proposal.plan)
        record = carried_out(store(proposal, ADA))
        assert record.succeeded, f"{record.result}\n{told(proposal.plan)}"
        self.records.append(record)
        return record

    def answered(
        self, kind: Kind, to: TemplateVersion | None, choose: dict[QuestionKind, str] | None = None
    ) -> Proposal:
        """The proposal once everything it asks is answered: safely, or as `choose` says."""
        data = SAFE | (choose or {})
        provided: dict[str, str] = {}
        while True:
            began = perf_counter()
            proposal = propose(self.now, kind, to, Answers.read(provided))
            self.seconds.append(perf_counter() - began)
            new = [
                open_question for open_question in proposal.plan.open_questions if open_question.name not in provided
            ]
            if not new:
                return proposal
            self.asked += new
            provided |= {question.name: data.get(question.kind, "") for question in new}


def copy_of(version: TemplateVersion, target: Target, name: str = "Copy") -> Journey:
    """Installed, with a value for each secret that the release asks for."""
    secrets = {name: "only-here" for name, parameter in version.spec.parameters.items() if parameter.secret}
    return Journey(installed(version, target, name, Answers(secrets=secrets)))


def upgraded_along(journey: Journey, versions: Sequence[TemplateVersion]) -> None:
    for version in versions:
        journey.go(Kind.UPGRADE, version)


def image_changes(plan: Plan) -> dict[str, tuple[str | None, str | None]]:
    """Component → its image before and after, where the plan's comparison lists a difference."""
    rows = [
        (row, item) for row in plan.components for item in row.fields if item.path[2:] == ("image",) and item.changes
    ]
    result: dict[str, tuple[str | None, str | None]] = {row.key: (item.before, item.after) for row, item in rows}
    return result


def by_symbol(plan: Plan, symbols: Iterable[str]) -> set[str]:
    return {row.key for row in plan.components if row.symbol in symbols}
