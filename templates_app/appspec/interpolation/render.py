"""References replaced by values: parameters → rendered document → what a target really gets."""

from collections.abc import Iterator, Mapping
from functools import partial

from templates_app.appspec.interpolation.syntax import Reference, TextError, fault, names, plain, references, substitute
from templates_app.appspec.interpolation.text_rewriter import Path, Rewriter, texts
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import SpecError, dotted
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.schema.parse import validated


def effective(parameters: Mapping[str, Parameter], provided: Mapping[str, str]) -> dict[str, str]:
    """What each parameter is: fixed ones their default, asked ones what was given, else their default.

    A parameter that has neither is left out.
    """
    chosen = {
        name: parameter.default if parameter.fixed else provided.get(name, parameter.default)
        for name, parameter in parameters.items()
    }
    return {name: value for name, value in chosen.items() if value is not None}


def secret_names(parameters: Mapping[str, Parameter]) -> frozenset[str]:
    """The names of the secret ones."""
    return frozenset(name for name, parameter in parameters.items() if parameter.secret)


def render(spec: AppSpec, values: Mapping[str, str]) -> AppSpec:
    """The document with `values` in place of their references; those to secret parameters stay.

    The result is a document again; parts without a reference are the same objects. Raises SpecError with all faults:
    texts that cannot be read, values that are demanded and missing, keys that meet, fields that got a wrong type.
    """
    rewriter = Rewriter(partial(substitute, values=values, keep=secret_names(spec.parameters)))
    components = {key: _rewritten(part, rewriter, ("components", key)) for key, part in spec.components.items()}
    volumes = {key: _rewritten(part, rewriter, ("volumes", key)) for key, part in spec.volumes.items()}
    networks = {key: _rewritten(part, rewriter, ("networks", key)) for key, part in spec.networks.items()}
    if rewriter.faults:
        raise SpecError(rewriter.faults)
    return AppSpec(parameters=spec.parameters, components=components, volumes=volumes, networks=networks)


def reveal(component: ComponentSpec, secrets: Mapping[str, str]) -> ComponentSpec:
    """A rendered component as the target gets it: secret values in place, `$$` a dollar, no references left.

    Raises SpecError. Its result is no document any more: do not store it, and do not render it.
    """
    rewriter = Rewriter(partial(plain, values=secrets))
    revealed = _rewritten(component, rewriter, ())
    if rewriter.faults:
        raise SpecError(rewriter.faults)
    files = {path: file.model_copy(update={"interpolate": False}) for path, file in revealed.config_files.items()}
    return revealed.model_copy(update={"config_files": files}) if files else revealed


def settled(component: ComponentSpec, values: Mapping[str, str]) -> ComponentSpec:
    """The component with `values` in place of their references; all other references stay as they are written.

    Raises SpecError.
    """
    try:
        retained = used_parameters(component) - values.keys()
    except TextError as error:
        raise fault("", error) from error
    rewriter = Rewriter(partial(substitute, values=values, keep=retained))
    changed = _rewritten(component, rewriter, ())
    if rewriter.faults:
        raise SpecError(rewriter.faults)
    return changed


def used_parameters(part: Record) -> frozenset[str]:
    """The parameters that a component, volume or network refers to. Raises TextError."""
    return frozenset().union(*(names(text) for _, text in texts(part)))


def parameters_at(part: Record, path: Path) -> frozenset[str]:
    """The parameters that the texts at and below one place of a part refer to. Raises TextError."""
    below = (text for where, text in texts(part) if where[: len(path)] == path)
    return frozenset().union(*map(names, below))


def _rewritten[R: Record](part: R, rewriter: Rewriter, at: Path) -> R:
    rewritten = rewriter.part(part, at)
    if rewritten is None:
        return part
    try:
        return validated(type(part), rewritten, dotted(at))
    except SpecError as error:
        rewriter.faults.extend(error.faults)
        return part


def stand_ins(spec: AppSpec) -> Mapping[str, str]:
    """By parameter, what its texts use while it is left empty; several places may each have their own.

    Parameters with a default of their own never need one, and are left out.
    """
    result: dict[str, dict[str, None]] = {}
    for part in (*spec.components.values(), *spec.volumes.values(), *spec.networks.values()):
        for name, text in _used(part_texts for _, part_texts in texts(part)):
            parameter = spec.parameters.get(name)
            if text and parameter is not None and not parameter.default:
                result.setdefault(name, {})[text] = None
    return {name: " or ".join(each) for name, each in result.items()}


def _used(every: Iterator[str]) -> Iterator[tuple[str, str]]:
    for text in every:
        if "$" not in text:
            continue
        try:
            yield from ((reference.name, _said(reference)) for reference in references(text))
        except TextError:
            continue


def _said(reference: Reference) -> str:
    """The stand-in as it is written; a `+` is none."""
    if reference.operator[-1:] != "-":
        return ""
    return "".join(part if isinstance(part, str) else part.source for part in reference.argument)
