from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.query import QuerySet

from apps_app.drivers.base import ComponentState
from apps_app.models import Application, ApplicationLock, Component, Installation
from apps_app.queries.pending_changes import build_pending_filter
from apps_app.topology.graph import Tone
from config.statuses import get_badge

APPLICATION_STATES = (
    ("busy", "At work"),
    ("source", "Source only"),
    ("not_installed", "Not installed yet"),
    ("not_applied", "Not applied"),
    ("amiss", "Needs attention"),
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
class ComponentStatus:
    """`value` is a status of `config.statuses`; `word` says it, with a pending change in the same breath."""

    value: str
    label: str
    pending: bool = False
    detail: str = ""
    drifted: bool = False
    missing: bool = False

    @property
    def symbol(self) -> str:
        return SYMBOLS.get(self.value, "•")

    @property
    def tone(self) -> Tone:
        return TONES[get_badge(self.value).tone]


def annotate_state(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Each with `state` (one of APPLICATION_STATES) and `component_count`, told by the database."""
    mine = Component.objects.filter(application=OuterRef("pk"))
    behind = Installation.objects.filter(application=OuterRef("pk")).behind()
    counted = mine.filter(desired__isnull=False).order_by().values("application").annotate(n=Count("pk")).values("n")
    state = Case(
        When(Exists(ApplicationLock.objects.active().filter(application=OuterRef("pk"))), then=Value("busy")),
        When(target__isnull=True, then=Value("source")),
        When(
            Q(installation__isnull=False, installation__version__isnull=True) & ~Exists(mine),
            then=Value("not_installed"),
        ),
        When(~Exists(mine.filter(applied__isnull=False)), then=Value("not_applied")),
        When(needs_attention(), then=Value("amiss")),
        When(build_pending_filter(), then=Value("pending")),
        When(Exists(behind), then=Value("behind")),
        When(installation__isnull=False, then=Value("up_to_date")),
        default=Value("applied"),
        output_field=CharField(),
    )
    return applications.annotate(state=state, component_count=Coalesce(Subquery(counted), 0))


def filter_needing_attention() -> Q:
    """Of components: what was applied was last seen gone, changed by hand, stopped by hand or not well."""
    applied = Q(applied__isnull=False, applied_unknown=False, observation__isnull=False)
    other = ~Q(applied_digest="") & ~Q(observation__digest=F("applied_digest"))
    moved = Q(observation__present=False) | Q(observation__digest="") | other
    unwell = Q(observation__health__in=(ComponentState.EXITED, ComponentState.UNHEALTHY))
    return applied & (moved | unwell | Q(observation__health=ComponentState.STOPPED, stopped=False))


def needs_attention() -> Exists:
    """Whether anything of an application is."""
    return Exists(Component.objects.filter(filter_needing_attention(), application=OuterRef("pk")))


def is_stopped(row: Component) -> bool:
    """Whether there is something to start: it was last seen, and did not run."""
    observed = getattr(row, "observation", None)
    return observed is not None and observed.health in {
        ComponentState.STOPPED,
        ComponentState.EXITED,
        ComponentState.COMPLETED,
    }


def has_drifted(row: Component) -> bool:
    """Whether what was last seen is not what was applied, whatever it does; what is gone is told as missing."""
    observed = getattr(row, "observation", None)
    if row.applied is None or observed is None or not observed.present:
        return False
    return not observed.digest or row.applied_digest not in {"", observed.digest}


def is_missing(row: Component) -> bool:
    """Whether what was applied was last seen not to be there at all."""
    observed = getattr(row, "observation", None)
    return row.applied is not None and observed is not None and not observed.present


def was_stopped_outside(row: Component) -> bool:
    """Whether it was last seen not to run, and nobody stopped it from here."""
    observed = getattr(row, "observation", None)
    return observed is not None and observed.health == ComponentState.STOPPED and not row.stopped


def get_component_status(row: Component, *, has_target: bool, moved: bool = False) -> ComponentStatus:
    """How one component stands; the row comes with its observation selected.

    `moved`: with the values in place it is not what was applied, whether or not its own document changed.
    """
    if not has_target:
        return ComponentStatus("source", "Source only")
    if row.desired is None:
        return ComponentStatus("removal_pending", "Removal pending", pending=True)
    if row.applied_unknown:
        return ComponentStatus("unknown", "Unknown: the last step failed", pending=True)
    if row.applied is None:
        return ComponentStatus("not_applied", "Not applied", pending=True)
    return _get_observed_state(row, pending=moved or row.is_pending)


def _get_displayed_state(health: str) -> str:
    """Of a component "running" is an end, of everything else a beginning."""
    return "up" if health == ComponentState.RUNNING else health


def _get_observed_state(row: Component, *, pending: bool) -> ComponentStatus:
    observed = getattr(row, "observation", None)
    value = _get_displayed_state(observed.health) if observed is not None else "unknown"
    word = get_badge(value).label if observed is not None else "Unknown"
    detail = observed.detail if observed is not None else ""
    if pending:
        shown = value if get_badge(value).tone == "bad" else "pending"
        return ComponentStatus(shown, f"{word}, pending change", pending=True, detail=detail)
    if not has_drifted(row):
        return ComponentStatus(value, word, detail=detail, missing=is_missing(row))
    if value == ComponentState.DIFFERS:
        return ComponentStatus(value, word, detail=detail, drifted=True)
    shown = value if get_badge(value).tone == "bad" else ComponentState.DIFFERS.value
    return ComponentStatus(shown, f"{word}, drifted", detail=detail, drifted=True)
