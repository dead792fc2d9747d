"""How an application and each of its components stand, in one word."""

from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.query import QuerySet

from apps_app.drivers.base import State
from apps_app.models import Application, Busy, Component, Installation
from apps_app.queries.pending_changes import is_waiting
from apps_app.topology.graph import Tone
from config.statuses import look

APPLICATION_STATES = (
    ("busy", "At work"),
    ("source", "Source only"),
    ("not_installed", "Not installed yet"),
    ("not_applied", "Not applied"),
    ("amiss", "Needs a look"),
    ("pending", "Changes pending"),
    ("behind", "Upgrade offered"),
    ("up_to_date", "Up to date"),
    ("applied", "Applied"),
)
APPLICATION_WORDS = dict(APPLICATION_STATES)
SYMBOLS = {
    "pending": "~",
    "removal_pending": "−",
    "not_applied": "○",
    "source": "○",
    "written": "✓",
    "differs": "≠",
    "not_written": "○",
    "starting": "…",
    "up": "✓",
    "healthy": "✓",
    "completed": "✓",
    "unhealthy": "!",
    "stopped": "‖",
    "exited": "✕",
    "missing": "✕",
    "unknown": "?",
}
TONES: dict[str, Tone] = {"ok": "ok", "info": "busy", "warn": "warn", "bad": "bad", "muted": "muted"}


@dataclass(frozen=True, slots=True)
class ComponentState:
    """`value` is a status of `config.statuses`; `word` says it, with a pending change in the same breath."""

    value: str
    word: str
    pending: bool = False
    detail: str = ""
    drifted: bool = False
    gone: bool = False

    @property
    def symbol(self) -> str:
        return SYMBOLS.get(self.value, "•")

    @property
    def tone(self) -> Tone:
        return TONES[look(self.value).tone]


def with_state(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Each with `state` (one of APPLICATION_STATES) and `component_count`, told by the database."""
    mine = Component.objects.filter(application=OuterRef("pk"))
    behind = Installation.objects.filter(application=OuterRef("pk")).behind()
    counted = mine.filter(desired__isnull=False).order_by().values("application").annotate(n=Count("pk")).values("n")
    state = Case(
        When(Exists(Busy.objects.at_work().filter(application=OuterRef("pk"))), then=Value("busy")),
        When(target__isnull=True, then=Value("source")),
        When(
            Q(installation__isnull=False, installation__version__isnull=True) & ~Exists(mine),
            then=Value("not_installed"),
        ),
        When(~Exists(mine.filter(applied__isnull=False)), then=Value("not_applied")),
        When(is_amiss(), then=Value("amiss")),
        When(is_waiting(), then=Value("pending")),
        When(Exists(behind), then=Value("behind")),
        When(installation__isnull=False, then=Value("up_to_date")),
        default=Value("applied"),
        output_field=CharField(),
    )
    return applications.annotate(state=state, component_count=Coalesce(Subquery(counted), 0))


def amiss() -> Q:
    """Of components: what was applied was last seen gone, changed by hand, stopped by hand or not well."""
    applied = Q(applied__isnull=False, applied_unknown=False, observation__isnull=False)
    other = ~Q(applied_digest="") & ~Q(observation__digest=F("applied_digest"))
    moved = Q(observation__present=False) | Q(observation__digest="") | other
    unwell = Q(observation__health__in=(State.EXITED, State.UNHEALTHY))
    return applied & (moved | unwell | Q(observation__health=State.STOPPED, stopped=False))


def is_amiss() -> Exists:
    """Whether anything of an application is."""
    return Exists(Component.objects.filter(amiss(), application=OuterRef("pk")))


def is_asleep(row: Component) -> bool:
    """Whether there is something to start: it was last seen, and did not run."""
    observed = getattr(row, "observation", None)
    return observed is not None and observed.health in {State.STOPPED, State.EXITED, State.COMPLETED}


def has_drifted(row: Component) -> bool:
    """Whether what was last seen is not what was applied, whatever it does; what is gone is told as missing."""
    observed = getattr(row, "observation", None)
    if row.applied is None or observed is None or not observed.present:
        return False
    return not observed.digest or row.applied_digest not in {"", observed.digest}


def is_gone(row: Component) -> bool:
    """Whether what was applied was last seen not to be there at all."""
    observed = getattr(row, "observation", None)
    return row.applied is not None and observed is not None and not observed.present


def was_stopped_there(row: Component) -> bool:
    """Whether it was last seen not to run, and nobody stopped it from here."""
    observed = getattr(row, "observation", None)
    return observed is not None and observed.health == State.STOPPED and not row.stopped


def component_state(row: Component, *, has_target: bool, moved: bool = False) -> ComponentState:
    """How one component stands; the row comes with its observation selected.

    `moved`: with the values in place it is not what was applied, whether or not its own document changed.
    """
    if not has_target:
        return ComponentState("source", "Source only")
    if row.desired is None:
        return ComponentState("removal_pending", "Removal pending", pending=True)
    if row.applied_unknown:
        return ComponentState("unknown", "Not known: the last step failed", pending=True)
    if row.applied is None:
        return ComponentState("not_applied", "Not applied", pending=True)
    return _observed(row, pending=moved or row.pending)


def _shown(health: str) -> str:
    """Of a component "running" is an end, of everything else a beginning."""
    return "up" if health == State.RUNNING else health


def _observed(row: Component, *, pending: bool) -> ComponentState:
    observed = getattr(row, "observation", None)
    value = _shown(observed.health) if observed is not None else "unknown"
    word = look(value).word if observed is not None else "Not looked at yet"
    detail = observed.detail if observed is not None else ""
    if pending:
        shown = value if look(value).tone == "bad" else "pending"
        return ComponentState(shown, f"{word}, change not applied", pending=True, detail=detail)
    if not has_drifted(row):
        return ComponentState(value, word, detail=detail, gone=is_gone(row))
    if value == State.DIFFERS:
        return ComponentState(value, word, detail=detail, drifted=True)
    shown = value if look(value).tone == "bad" else State.DIFFERS.value
    return ComponentState(shown, f"{word}, not as applied", detail=detail, drifted=True)
