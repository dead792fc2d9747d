"""Move secrets out of documents, and generate missing ones."""

import secrets
import string
from collections.abc import Iterable
from functools import partial

from templates_app.appspec.interpolation.syntax import Piece, Reference, find_names, parse_pieces, substitute_all
from templates_app.appspec.interpolation.text_rewriter import Path, TextRewriter
from templates_app.appspec.schema.component import ComponentSpec, ConfigFile, Record
from templates_app.appspec.schema.errors import Fault, SpecError, join_path
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.schema.parse import validate_record
from templates_app.appspec.schema.serialize import JsonTree, to_plain
from templates_app.appspec.secrets.credential_patterns import find_credential, looks_like_credential
from templates_app.appspec.secrets.credential_scanner import CredentialFinding, find_credentials, suggest_name
from templates_app.appspec.secrets.secret_occurrences import replace_occurrences, replace_raw_occurrences

__all__ = ["CredentialFinding", "extract_secret", "find_credentials", "generate_secret", "looks_like_credential"]

_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def generate_secret(rule: str) -> str:
    """Generate a secret by a rule: "password:24" or "hex:32", in characters. Raises ValueError."""
    kind, _, length = rule.partition(":")
    alphabet = {"password": _ALPHABET, "hex": "0123456789abcdef"}.get(kind)
    if alphabet is None or not length.isdecimal() or int(length) < 1:
        raise ValueError(f"'{rule}' is not a rule such as password:24 or hex:32")
    return "".join(secrets.choice(alphabet) for _ in range(int(length)))


def extract_secret(spec: AppSpec, path: Path, name: str, same: str = "") -> tuple[AppSpec, str]:
    """The document with `${name}` where the credential stood, `name` a secret parameter; and the value taken out.

    `path` is a text's place from the root, or ("parameters", NAME). In a longer text (a URL) only the credential is
    taken; with `same`, only that value. Raises SpecError where that cannot be done.
    """
    if path[0] == "parameters":
        return _make_parameter_secret(spec, path[1])
    section, key, *inside = path
    part: Record = getattr(spec, section)[key]
    if isinstance(part, ComponentSpec) and inside[0] == "config_files":
        emptied, value = (
            _extract_from_file(part, inside[1], name, same) if same else _extract_file(part, inside[1], name, path)
        )
    elif same:
        emptied, value = (
            _replace_value(to_plain(part), inside, replace_occurrences(_get_text(to_plain(part), inside), same, name)),
            same,
        )
    else:
        text = _get_text(to_plain(part), inside)
        span = find_credential(suggest_name(part, tuple(inside)), text)
        start, end = (span.start, span.end) if span is not None else (0, len(text))
        referred = _get_single_reference(text[start:end])
        if referred is not None:
            return _make_parameter_secret(spec, referred.name)
        value = _list_used_names(text[start:end], path)
        emptied = _replace_value(to_plain(part), inside, f"{text[:start]}${{{name}}}{text[end:]}")
    parts = {**getattr(spec, section), key: validate_record(type(part), emptied, f"{section}.{key}")}
    return spec.model_copy(update={section: parts, "parameters": _declare_parameter(spec, name, path)}), value


def _make_parameter_secret(spec: AppSpec, name: str) -> tuple[AppSpec, str]:
    """Remove the default of a parameter and the fallbacks of its references."""
    before = spec.parameters.get(name, Parameter())
    dropped: list[str] = []
    rewriter = TextRewriter(partial(_drop_default, name=name, dropped=dropped))
    sections = {
        section: {key: _rewrite_texts(part, rewriter, (section, key)) for key, part in getattr(spec, section).items()}
        for section in ("components", "volumes", "networks")
    }
    if rewriter.faults:
        raise SpecError(rewriter.faults)
    after = before.model_copy(update={"secret": True, "default": None, "fixed": False, "required": True})
    value = before.default if before.default is not None else next(iter(dropped), "")
    return spec.model_copy(update={**sections, "parameters": {**spec.parameters, name: after}}), value


def _rewrite_texts[R: Record](part: R, rewriter: TextRewriter, at: Path) -> R:
    rewritten = rewriter.rewrite(part, at)
    return part if rewritten is None else validate_record(type(part), rewritten, join_path(at))


def _drop_default(text: str, *, name: str, dropped: list[str]) -> str:
    return (
        "".join(_get_source(piece, name, dropped) for piece in parse_pieces(text)) if name in find_names(text) else text
    )


def _get_source(piece: Piece, name: str, dropped: list[str]) -> str:
    if isinstance(piece, str):
        return piece.replace("$", "$$")
    if piece.name == name and piece.operator.endswith("-"):
        dropped.append(substitute_all("".join(_get_source(part, "", []) for part in piece.argument), {}))
        return f"${{{name}}}"
    if not piece.argument:
        return piece.source
    argument = "".join(_get_source(part, name, dropped) for part in piece.argument)
    return f"${{{piece.name}{piece.operator}{argument}}}"


def _get_single_reference(text: str) -> Reference | None:
    match parse_pieces(text):
        case (Reference() as reference,):
            return reference
    return None


def _list_used_names(text: str, path: Path) -> str:
    if find_names(text):
        raise SpecError([Fault(join_path(path), "contains other references; make these parameters secret instead")])
    return substitute_all(text, {})


def _extract_file(component: ComponentSpec, file: str, name: str, path: Path) -> tuple[JsonTree, str]:
    before = component.config_files[file]
    if before.encoding != "text":
        raise SpecError([Fault(join_path(path), "is not a text; only texts can become secret parameters")])
    value = _list_used_names(before.content, path) if before.interpolate else before.content
    after = ConfigFile.model_validate(
        {**to_plain(before), "content": f"${{{name}}}", "interpolate": True, "secret": True}
    )
    return to_plain(component.model_copy(update={"config_files": {**component.config_files, file: after}})), value


def _extract_from_file(component: ComponentSpec, file: str, name: str, value: str) -> tuple[JsonTree, str]:
    before = component.config_files[file]
    content = (replace_occurrences if before.interpolate else replace_raw_occurrences)(before.content, value, name)
    after = ConfigFile.model_validate({**to_plain(before), "content": content, "interpolate": True})
    return to_plain(component.model_copy(update={"config_files": {**component.config_files, file: after}})), value


def _declare_parameter(spec: AppSpec, name: str, path: Path) -> dict[str, Parameter]:
    known = spec.parameters.get(name)
    if known is not None and not known.secret:
        raise SpecError([Fault(join_path(path), f"{name} is already a plain parameter")])
    return {**spec.parameters, name: known or Parameter(secret=True, required=True)}


def _get_text(part: JsonTree, inside: Iterable[str]) -> str:
    value: object = part
    for step in inside:
        value = value[int(step)] if isinstance(value, list) else value[step] if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise KeyError(join_path(inside))
    return value


def _replace_value(part: JsonTree, inside: list[str], text: str) -> JsonTree:
    copied: JsonTree = dict(part)
    first, *rest = inside
    below = copied[first]
    if isinstance(below, list):
        index = int(rest[0])
        copied[first] = [*below[:index], text, *below[index + 1 :]]
    else:
        copied[first] = _replace_value(below, rest, text) if isinstance(below, dict) else text
    return copied
