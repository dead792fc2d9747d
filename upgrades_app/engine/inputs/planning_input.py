"""Input of planning: the sides of an operation, the answers, and the live state."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, Self

from pydantic import JsonValue

from apps_app.drivers.base import ObservedComponent
from templates_app.appspec.merge.merge import Removal
from templates_app.appspec.merge.three_way import SideChoice
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.ports import is_port


class OperationKind(StrEnum):
    """The operation that a plan is for."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    ROLLBACK = "rollback"
    CHANGE = "change"
    UNINSTALL = "uninstall"

    @property
    def label(self) -> str:
        """Display name, for example "Rollback"."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class SpecSide:
    """One state of an application: its document and the values set for it.

    `values` are those set by people for parameters that are no secret; `secrets` those of secret and of generated
    parameters. What is not in them follows the document's defaults.
    """

    spec: AppSpec = field(default_factory=AppSpec)
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """The operator's answers to the questions of a plan.

    `conflicts` is by the question's id; `only` names the components to take from the version (None: all of them);
    `accept_data_risk` is the keys ticked, or True for all; a `drift` that is kept is left as it is on the target.
    `ports` are host ports in place of those that the version names itself, by the port's id there.
    """

    conflicts: Mapping[str, SideChoice] = field(default_factory=dict)
    removed: Mapping[str, Removal] = field(default_factory=dict)
    only: frozenset[str] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    remove_volumes: frozenset[str] = frozenset()
    accept_data_risk: bool | frozenset[str] = frozenset()
    drift: Mapping[str, Literal["revert", "ignore"]] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)

    def accepts(self, key: str) -> bool:
        """Whether the risk to this component's data is accepted."""
        return self.accept_data_risk is True or (self.accept_data_risk is not False and key in self.accept_data_risk)

    def keep_sealed(self, names: Container[str]) -> Self:
        """Return the answers with the values of these parameters moved to the secrets."""
        secrets = {name: text for name, text in self.values.items() if name in names}
        if not secrets:
            return self
        values = {name: text for name, text in self.values.items() if name not in names}
        return replace(self, values=values, secrets={**self.secrets, **secrets})

    def as_json(self) -> dict[str, JsonValue]:
        """Plain JSON without the secrets, for the record."""
        risk = self.accept_data_risk
        return {
            "conflicts": dict(self.conflicts),
            "removed": dict(self.removed),
            "only": None if self.only is None else list[JsonValue](sorted(self.only)),
            "values": dict(self.values),
            "remove_volumes": list[JsonValue](sorted(self.remove_volumes)),
            "accept_data_risk": risk if isinstance(risk, bool) else list[JsonValue](sorted(risk)),
            "drift": dict(self.drift),
            "ports": dict(self.ports),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, JsonValue], secrets: Mapping[str, str] | None = None) -> Self:
        """The answers that `as_json` wrote; the secrets come from where they are sealed."""
        plain: dict[str, object] = dict(data)
        for name in ("only", "remove_volumes", "accept_data_risk"):
            if isinstance(plain.get(name), list):
                plain[name] = frozenset(plain[name])  # type: ignore[call-overload]  # a list, as tested
        return cls(**plain, secrets=secrets or {})  # type: ignore[arg-type]  # the fields as_json wrote

    @classmethod
    def parse(cls, provided: Mapping[str, str], only: frozenset[str] | None = None) -> Self:
        """Answers from a form: the question's name ("conflict:components.web.image") → what was chosen."""
        by_kind: dict[str, dict[str, str]] = {}
        for name, chosen in provided.items():
            kind, _, identity = name.partition(":")
            by_kind.setdefault(kind, {})[identity] = chosen

        def chosen_as(kind: str, *allowed: str) -> dict[str, str]:
            return {name: item for name, item in by_kind.get(kind, {}).items() if item in allowed}

        return cls(
            conflicts=chosen_as("conflict", "ours", "theirs"),  # type: ignore[arg-type]  # only these two
            removed=chosen_as("removed", "keep", "remove"),  # type: ignore[arg-type]  # only these two
            only=only,
            values=by_kind.get("value", {}),
            secrets={name: text for name, text in by_kind.get("secret", {}).items() if text},
            remove_volumes=frozenset(chosen_as("volume", "remove")),
            accept_data_risk=frozenset(chosen_as("risk", "accept")),
            drift=chosen_as("drift", "revert", "ignore"),  # type: ignore[arg-type]  # only these two
            ports={name: int(text) for name, text in by_kind.get("port", {}).items() if is_port(text)},
        )


@dataclass(frozen=True, slots=True)
class PlanningInput:
    """The current state of an application and the state to reach.

    `base`, `desired`, `theirs` as in the table of design §5, `applied` as it last succeeded on the target; `theirs` is
    None where nothing is merged (change, uninstall). `applied_base` and `applied_theirs` are, going back, the same two
    of what was applied, where that was not all that was desired. `observed` is what the driver read (None: nobody asked
    it), `unknown` the components whose state nobody knows since an undo failed. `target` is where it runs, as one text;
    `runs` is the driver's, `volumes` those that are there with data, by key. `origins` is the version that each of the
    template's components came from. `salt` is the application's own and keys every digest.
    """

    kind: OperationKind
    application: str
    salt: bytes = field(repr=False)
    template: str = ""
    from_version: str = ""
    to_version: str = ""
    base: SpecSide = field(default_factory=SpecSide)
    desired: SpecSide = field(default_factory=SpecSide)
    applied: SpecSide = field(default_factory=SpecSide)
    theirs: SpecSide | None = None
    applied_base: SpecSide | None = None
    applied_theirs: SpecSide | None = None
    answers: Answers = field(default_factory=Answers)
    observed: Mapping[str, ObservedComponent] | None = None
    unknown: frozenset[str] = frozenset()
    target: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
    revisions: Mapping[str, int] = field(default_factory=dict)
    volumes: frozenset[str] = frozenset()
    starts_containers: bool = True

    @property
    def merge_sides(self) -> Self:
        """The input of the applied side, where a rollback merges it separately."""
        if self.applied_base is None or self.applied_theirs is None:
            return self
        return replace(self, base=self.applied_base, desired=self.applied, theirs=self.applied_theirs)

    def with_answers(self, answers: Answers) -> Self:
        """Return the input with other answers."""
        return replace(self, answers=answers)
