"""What a situation leaves to the operator: conflicts, removals, values, risks, volumes, drift."""

from collections.abc import Iterator, Mapping

from templates_app.appspec.diff.field_change import words
from templates_app.appspec.merge.three_way import Decision
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.validation.resource_usage import uses_of
from upgrades_app.engine.comparison.redaction import DOTS, Wordings
from upgrades_app.engine.inputs.planning_input import Kind, Situation
from upgrades_app.engine.inputs.question import Option, Question, QuestionKind
from upgrades_app.engine.inputs.rendered_side import View
from upgrades_app.engine.inputs.values import ValueConflict
from upgrades_app.engine.planning.merge_sides import Combined
from upgrades_app.engine.planning.plan import Step
from upgrades_app.engine.planning.restart_cascade import Standing
from upgrades_app.engine.planning.steps import Work

LEFT_OUT = "left out"


def questions(
    situation: Situation, combined: Combined, todo: Work, ordered: tuple[Step, ...], applied: View, merged: View
) -> Iterator[Question]:
    """All of them, in the order in which people answer them."""
    yield from conflict_questions(situation, combined, merged)
    yield from removed_questions(situation, combined)
    yield from value_questions(situation, merged)
    yield from risk_questions(situation, ordered)
    yield from volume_questions(situation, applied, merged)
    yield from drift_questions(situation, todo.standing, todo.differing, merged)
    yield from port_questions(combined)


def conflict_questions(situation: Situation, combined: Combined, merged: View) -> Iterator[Question]:
    """One for each place that both sides changed, of the documents and of the values."""
    choices = situation.answers.conflicts
    wordings = Wordings.of(situation, combined.side, merged)
    for decision in combined.conflicts:
        yield _conflict(decision, situation, choices.get(decision.id), wordings)
    for conflict in combined.value_conflicts:
        yield _value_conflict(conflict, situation, choices.get(conflict.id))


def removed_questions(situation: Situation, combined: Combined) -> Iterator[Question]:
    """One for each component that the other side no longer has."""
    for key, default in combined.removed.items():
        edited = situation.desired.spec.components[key] != situation.base.spec.components[key]
        yield Question(
            kind=QuestionKind.REMOVED,
            id=key,
            sentence=_dropped(situation, key) + (", and you changed it" if edited else ""),
            choices=(
                Option(
                    value="remove", label=f"remove {key}; its volumes are kept" if situation.runs else f"take {key} out"
                ),
                Option(value="keep", label=f"keep {key} as the application's own"),
            ),
            default=default,
            answer=situation.answers.removed.get(key),
            component=key,
            path=("components", key),
        )


def value_questions(situation: Situation, merged: View) -> Iterator[Question]:
    """One for each parameter that is new here, that needs a value and has none, or whose value is not a choice."""
    if situation.kind in {Kind.UNINSTALL, Kind.ROLLBACK}:
        return
    known = situation.base.spec.parameters if situation.theirs is not None else situation.desired.spec.parameters
    for name, parameter in sorted(merged.raw.parameters.items()):
        if parameter.fixed or (parameter.generate and name not in situation.answers.secrets):
            continue
        value = merged.values.get(name, merged.secrets.get(name))
        invalid = value is not None and bool(parameter.choices) and value not in parameter.choices
        missing = parameter.required and not value
        if name not in known or missing or invalid or name in situation.answers.values:
            yield _asked(situation, name, parameter, value, invalid=invalid)


def risk_questions(situation: Situation, steps: tuple[Step, ...]) -> Iterator[Question]:
    """One for each component whose data may suffer."""
    for step in steps:
        if step.data_at_risk:
            yield Question(
                kind=QuestionKind.RISK,
                id=step.key,
                sentence=step.data_at_risk,
                choices=(Option(value="accept", label="I have a backup, or can lose the data"),),
                answer="accept" if situation.answers.accepts(step.key) else None,
                component=step.key,
                path=("components", step.key),
            )


def volume_questions(situation: Situation, applied: View, merged: View) -> Iterator[Question]:
    """One for each volume that nothing uses any more; kept unless ticked."""
    for name, users in volumes_left(situation, applied, merged).items():
        yield Question(
            kind=QuestionKind.VOLUME,
            id=name,
            sentence=f"volume {name}, which {', '.join(users)} wrote, is used by nothing any more",
            choices=(
                Option(value="keep", label="keep its data"),
                Option(value="remove", label="delete it and its data, for ever"),
            ),
            default="keep",
            answer="remove" if name in situation.answers.remove_volumes else None,
            path=("volumes", name),
        )


def volumes_left(situation: Situation, applied: View, merged: View) -> dict[str, tuple[str, ...]]:
    """Volumes of the application that were mounted and will not be, with the components that did. A target that
    starts nothing has no volumes."""
    if not situation.runs:
        return {}
    after = {name for item in merged.spec.components.values() for name in uses_of(item).volumes}
    users: dict[str, list[str]] = {}
    for key, component in sorted(applied.spec.components.items()):
        for name in uses_of(component).volumes:
            users.setdefault(name, []).append(key)
    external = {name for name, volume in applied.spec.volumes.items() if volume.external}
    return {name: tuple(users[name]) for name in sorted(users.keys() - after - external)}


def drift_questions(
    situation: Situation, standing: Mapping[str, Standing], differing: frozenset[str], merged: View
) -> Iterator[Question]:
    """One for each component that somebody changed on the target; it can stay so where the plan leaves it alone.

    A target that starts nothing writes the application as a whole: there, any change puts back the rest too.
    """
    for key in [key for key, comparison in standing.items() if comparison in {Standing.DRIFTED, Standing.STRAY}]:
        replaced = key in differing or bool(differing and not situation.runs)
        answer = situation.answers.drift.get(key)
        if replaced and answer == "keep":
            answer = None
        yield Question(
            kind=QuestionKind.DRIFT,
            id=key,
            sentence=_drift_sentence(situation, key, standing[key]),
            choices=(
                Option(value="put_back", label="put back what belongs there" if key in merged.parts else "remove it"),
                *([] if replaced else [Option(value="keep", label="leave it as it is on the target")]),
            ),
            default=None if replaced else "keep",
            answer=answer,
            component=key,
            path=("components", key),
            detail="what is there is lost then; if it is wanted, keep it on its page first" if replaced else "",
        )


def port_questions(combined: Combined) -> Iterator[Question]:
    """One for each port that is published on another number than the version's, which holds once it is emptied."""
    for port in combined.ports:
        yield Question(
            kind=QuestionKind.PORT,
            id=port.movable.id,
            sentence=f"port {port.movable.port} of {port.movable.component} is published on",
            default=str(port.movable.address.first),
            answer=str(port.port),
            component=port.movable.component,
            path=port.decision.path,
            detail=f"the template publishes {port.movable.binding}",
        )


def _drift_sentence(situation: Situation, key: str, standing: Standing) -> str:
    observed = (situation.observed or {}).get(key)
    detail = f" ({observed.detail})" if observed is not None and observed.detail else ""
    if standing is Standing.STRAY:
        return f"{key} is on the target, but not of this application's making{detail}"
    return f"{key} was changed on the target since it was last applied{detail}"


def _conflict(decision: Decision, situation: Situation, answer: str | None, wordings: Wordings) -> Question:
    component = situation.desired.spec.components.get(decision.path[1]) if decision.path[0] == "components" else None
    sides = ((wordings.base, decision.base), (wordings.ours, decision.ours), (wordings.theirs, decision.theirs))
    base, ours, theirs = (wording.at(component, decision.path, value) or LEFT_OUT for wording, value in sides)
    return Question(
        kind=QuestionKind.CONFLICT,
        id=decision.id,
        sentence=f"{_place(decision.path)}: {ours} (yours) or {theirs} ({_their(situation)})?",
        choices=_sides(ours, theirs, situation),
        answer=answer,
        component=decision.path[1] if component is not None else "",
        path=decision.path,
        detail=f"it was {base}",
    )


def _value_conflict(conflict: ValueConflict, situation: Situation, answer: str | None) -> Question:
    ours, theirs, base = (_value(conflict, our) for our in (conflict.ours, conflict.theirs, conflict.base))
    reason = f"{situation.to_version} decides this value itself" if conflict.fixed else f"it was {base}"
    return Question(
        kind=QuestionKind.CONFLICT,
        id=conflict.id,
        sentence=f"{conflict.name}: {ours} (yours) or {theirs} ({_their(situation)})?",
        choices=_sides(ours, theirs, situation),
        answer=answer,
        path=("parameters", conflict.name),
        detail=reason,
    )


def _sides(ours: str, theirs: str, situation: Situation) -> tuple[Option, Option]:
    return (
        Option(value="ours", label=f"keep {ours} (yours)"),
        Option(value="theirs", label=f"take {theirs} ({_their(situation)})"),
    )


def _value(conflict: ValueConflict, value: str | None) -> str:
    if value is None:
        return LEFT_OUT
    return DOTS if conflict.secret else value


def _asked(situation: Situation, name: str, parameter: Parameter, value: str | None, *, invalid: bool) -> Question:
    is_provided = name in situation.answers.values or name in situation.answers.secrets
    label = parameter.label or name
    text = label if situation.kind is Kind.INSTALL else f"{label} is new in {_other(situation)}"
    if invalid:
        text = f"'{DOTS if parameter.secret else value}' is none of the choices of {label}"
    if parameter.required and not value:
        text = f"{label} needs a value"
    return Question(
        kind=QuestionKind.SECRET if parameter.secret else QuestionKind.VALUE,
        id=name,
        sentence=text,
        choices=tuple(Option(value=choice, label=choice) for choice in parameter.choices),
        default=_default(parameter, value, invalid=invalid),
        answer=None if invalid or not is_provided else DOTS if parameter.secret else value,
        path=("parameters", name),
        detail=parameter.description,
    )


def _default(parameter: Parameter, value: str | None, *, invalid: bool) -> str | None:
    if invalid or (parameter.required and not value):
        return None
    return DOTS if parameter.secret and value is not None else value or ""


def _place(path: tuple[str, ...]) -> str:
    """ "web env LOG_LEVEL" """
    return f"{path[1]} {words(path)}" if path[0] == "components" and len(path) > 2 else words(path)


def _dropped(situation: Situation, key: str) -> str:
    if situation.kind is Kind.ROLLBACK:
        return f"{key} came after {situation.to_version}, and going back removes it"
    return f"{key} is not part of {_other(situation)} any more"


def _other(situation: Situation) -> str:
    return " ".join(filter(None, [situation.template, situation.to_version])) or "the application"


def _their(situation: Situation) -> str:
    return "as it was before" if situation.kind is Kind.ROLLBACK else "the template's"
