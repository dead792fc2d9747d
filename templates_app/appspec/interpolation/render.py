"""Render documents: replace references by the values of parameters."""

from collections.abc import Iterator, Mapping
from functools import partial

from templates_app.appspec.interpolation.syntax import (
    Reference,
    TextError,
    find_fault,
    find_names,
    find_references,
    substitute,
    substitute_all,
)
from templates_app.appspec.interpolation.text_rewriter import Path, TextRewriter, find_texts
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import SpecError, join_path
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.schema.parse import validate_record


def get_effective_values(parameters: Mapping[str, Parameter], provided: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each parameter: the default of fixed ones; the set value, else the default, of asked ones.
    Parameters without a value are omitted."""
    chosen = {
        name: parameter.default if parameter.fixed else provided.get(name, parameter.default)
        for name, parameter in parameters.items()
    }
    return {name: value for name, value in chosen.items() if value is not None}


def get_secret_names(parameters: Mapping[str, Parameter]) -> frozenset[str]:
    """Return the names of secret parameters."""
    return frozenset(name for name, parameter in parameters.items() if parameter.secret)


def render_spec(spec: AppSpec, values: Mapping[str, str]) -> AppSpec:
    """The document with `values` in place of their references; those to secret parameters stay.

    The result is a document again; parts without a reference are the same objects. Raises SpecError with all faults:
    texts that cannot be read, values that are demanded and missing, keys that meet, fields that got a wrong type.
    """
    rewriter = TextRewriter(partial(substitute, values=values, retained=get_secret_names(spec.parameters)))
    components = {key: _rewrite_component(part, rewriter, ("components", key)) for key, part in spec.components.items()}
    volumes = {key: _rewrite_component(part, rewriter, ("volumes", key)) for key, part in spec.volumes.items()}
    networks = {key: _rewrite_component(part, rewriter, ("networks", key)) for key, part in spec.networks.items()}
    if rewriter.faults:
        raise SpecError(rewriter.faults)
    return AppSpec(parameters=spec.parameters, components=components, volumes=volumes, networks=networks)


def reveal_secrets(component: ComponentSpec, secrets: Mapping[str, str]) -> ComponentSpec:
    """Return a rendered component as the target receives it: with secret values, single dollars and no references.
    Raises SpecError. Do not store or render the result."""
    rewriter = TextRewriter(partial(substitute_all, values=secrets))
    revealed = _rewrite_component(component, rewriter, ())
    if rewriter.faults:
        raise SpecError(rewriter.faults)
    files = {path: file.model_copy(update={"interpolate": False}) for path, file in revealed.config_files.items()}
    return revealed.model_copy(update={"config_files": files}) if files else revealed


def resolve_references(component: ComponentSpec, values: Mapping[str, str]) -> ComponentSpec:
    """Return the component with `values` in place of their references; other references are kept. Raises SpecError."""
    try:
        retained = find_used_parameters(component) - values.keys()
    except TextError as error:
        raise find_fault("", error) from error
    rewriter = TextRewriter(partial(substitute, values=values, retained=retained))
    changed = _rewrite_component(component, rewriter, ())
    if rewriter.faults:
        raise SpecError(rewriter.faults)
    return changed


def find_used_parameters(part: Record) -> frozenset[str]:
    """Return the parameters that a component, volume or network refers to. Raises TextError."""
    return frozenset().union(*(find_names(text) for _, text in find_texts(part)))


def find_parameters_at(part: Record, path: Path) -> frozenset[str]:
    """Return the parameters that texts at or below a path refer to. Raises TextError."""
    below = (text for where, text in find_texts(part) if where[: len(path)] == path)
    return frozenset().union(*map(find_names, below))


def _rewrite_component[R: Record](part: R, rewriter: TextRewriter, at: Path) -> R:
    rewritten = rewriter.rewrite(part, at)
    if rewritten is None:
        return part
    try:
        return validate_record(type(part), rewritten, join_path(at))
    except SpecError as error:
        rewriter.faults.extend(error.faults)
        return part


def find_fallback_values(spec: AppSpec) -> Mapping[str, str]:
    """Return, by parameter, the fallbacks of its references (`x` of `${NAME:-x}`). Parameters with a default are
    omitted."""
    result: dict[str, dict[str, None]] = {}
    for part in (*spec.components.values(), *spec.volumes.values(), *spec.networks.values()):
        for name, text in _find_references(part_texts for _, part_texts in find_texts(part)):
            parameter = spec.parameters.get(name)
            if text and parameter is not None and not parameter.default:
                result.setdefault(name, {})[text] = None
    return {name: " or ".join(each) for name, each in result.items()}


def _find_references(every: Iterator[str]) -> Iterator[tuple[str, str]]:
    for text in every:
        if "$" not in text:
            continue
        try:
            yield from ((reference.name, _fallback_text(reference)) for reference in find_references(text))
        except TextError:
            continue


def _fallback_text(reference: Reference) -> str:
    """Return the fallback as written; `+` has none."""
    if reference.operator[-1:] != "-":
        return ""
    return "".join(part if isinstance(part, str) else part.source for part in reference.argument)
