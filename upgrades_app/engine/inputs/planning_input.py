"""Everything that a plan is made from."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, Self

from pydantic import JsonValue

from apps_app.drivers.base import Observed
from templates_app.appspec.merge.merge import Removal
from templates_app.appspec.merge.three_way import Choice
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.ports import is_port


class Kind(StrEnum):
    """What a run of the road is for."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    ROLLBACK = "rollback"
    CHANGE = "change"
    UNINSTALL = "uninstall"

    @property
    def word(self) -> str:
        """As people read it: "Go back"."""
        return "Go back" if self is Kind.ROLLBACK else self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Side:
    """One whole state of an application: its document and what was set for it.

    `values` are those set by people for parameters that are no secret; `secrets` those of secret and of generated
    parameters. What is not in them follows the document's defaults.
    """

    spec: AppSpec = field(default_factory=AppSpec)
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the operator said to a plan's questions.

    `conflicts` is by the question's id; `only` names the components to take from the version (None: all of them);
    `accept_data_risk` is the keys ticked, or True for all; a `drift` that is kept is left as it is on the target.
    `ports` are host ports in place of those that the version names itself, by the port's id there.
    """

    conflicts: Mapping[str, Choice] = field(default_factory=dict)
    removed: Mapping[str, Removal] = field(default_factory=dict)
    only: frozenset[str] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    remove_volumes: frozenset[str] = frozenset()
    accept_data_risk: bool | frozenset[str] = frozenset()
    drift: Mapping[str, Literal["put_back", "keep"]] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)

    def accepts(self, key: str) -> bool:
        """Whether the risk to this component's data was ticked."""
        return self.accept_data_risk is True or (self.accept_data_risk is not False and key in self.accept_data_risk)

    def keeping_sealed(self, names: Container[str]) -> Self:
        """The same answers, with the values of these parameters among the secrets, however they were given."""
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
    def read(cls, given: Mapping[str, str], only: frozenset[str] | None = None) -> Self:
        """Answers from a form: the question's name ("conflict:components.web.image") → what was chosen."""
        by_kind: dict[str, dict[str, str]] = {}
        for name, chosen in given.items():
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
            drift=chosen_as("drift", "put_back", "keep"),  # type: ignore[arg-type]  # only these two
            ports={name: int(text) for name, text in by_kind.get("port", {}).items() if is_port(text)},
        )


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an application stands and where it shall go.

    `base`, `desired`, `theirs` as in the table of design §5, `applied` as it last succeeded on the target; `theirs` is
    None where nothing is merged (change, uninstall). `applied_base` and `applied_theirs` are, going back, the same two
    of what was applied, where that was not all that was desired. `observed` is what the driver read (None: nobody asked
    it), `unknown` the components whose state nobody knows since an undo failed. `target` is where it runs, as one text;
    `runs` is the driver's, `volumes` those that are there with data, by key. `origins` is the version that each of the
    template's components came from. `salt` is the application's own and keys every digest.
    """

    kind: Kind
    application: str
    salt: bytes = field(repr=False)
    template: str = ""
    from_version: str = ""
    to_version: str = ""
    base: Side = field(default_factory=Side)
    desired: Side = field(default_factory=Side)
    applied: Side = field(default_factory=Side)
    theirs: Side | None = None
    applied_base: Side | None = None
    applied_theirs: Side | None = None
    answers: Answers = field(default_factory=Answers)
    observed: Mapping[str, Observed] | None = None
    unknown: frozenset[str] = frozenset()
    target: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
    revisions: Mapping[str, int] = field(default_factory=dict)
    volumes: frozenset[str] = frozenset()
    runs: bool = True

    @property
    def below(self) -> Self:
        """The same of what is applied instead of desired, where going back these are two."""
        if self.applied_base is None or self.applied_theirs is None:
            return self
        return replace(self, base=self.applied_base, desired=self.applied, theirs=self.applied_theirs)

    def answered(self, answers: Answers) -> Self:
        """The same situation with other answers."""
        return replace(self, answers=answers)
