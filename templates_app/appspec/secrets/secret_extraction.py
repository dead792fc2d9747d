"""No document holds a secret: they are found, moved out, and made where they are missing."""

import secrets
import string
from collections.abc import Iterable
from functools import partial

from templates_app.appspec.interpolation.syntax import Piece, Reference, names, pieces, plain
from templates_app.appspec.interpolation.text_rewriter import Path, Rewriter
from templates_app.appspec.schema.component import ComponentSpec, ConfigFile, Record
from templates_app.appspec.schema.errors import Fault, SpecError, dotted
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.appspec.schema.parse import validated
from templates_app.appspec.schema.serialize import Tree, tree
from templates_app.appspec.secrets.credential_patterns import find_credential, looks_like_credential
from templates_app.appspec.secrets.credential_scanner import Suspect, credentials, name_at
from templates_app.appspec.secrets.secret_occurrences import without, without_in_raw

__all__ = ["Suspect", "credentials", "generate", "looks_like_credential", "make_secret"]

_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def generate(rule: str) -> str:
    """A new secret by a parameter's rule: "password:24" or "hex:32", both counted in characters. Raises ValueError."""
    kind, _, length = rule.partition(":")
    alphabet = {"password": _ALPHABET, "hex": "0123456789abcdef"}.get(kind)
    if alphabet is None or not length.isdecimal() or int(length) < 1:
        raise ValueError(f"'{rule}' is not a rule such as password:24 or hex:32")
    return "".join(secrets.choice(alphabet) for _ in range(int(length)))


def make_secret(spec: AppSpec, path: Path, name: str, same: str = "") -> tuple[AppSpec, str]:
    """The document with `${name}` where the credential stood, `name` a secret parameter; and the value taken out.

    `path` is a text's place from the root, or ("parameters", NAME). In a longer text (a URL) only the credential is
    taken; with `same`, only that value. Raises SpecError where that cannot be done.
    """
    if path[0] == "parameters":
        return _parameter_made_secret(spec, path[1])
    section, key, *inside = path
    part: Record = getattr(spec, section)[key]
    if isinstance(part, ComponentSpec) and inside[0] == "config_files":
        emptied, value = (
            _file_without(part, inside[1], name, same) if same else _file_emptied(part, inside[1], name, path)
        )
    elif same:
        emptied, value = _replaced(tree(part), inside, without(_text_at(tree(part), inside), same, name)), same
    else:
        text = _text_at(tree(part), inside)
        span = find_credential(name_at(part, tuple(inside)), text)
        start, end = (span.start, span.end) if span is not None else (0, len(text))
        referred = _one_reference(text[start:end])
        if referred is not None:
            return _parameter_made_secret(spec, referred.name)
        value = _taken(text[start:end], path)
        emptied = _replaced(tree(part), inside, f"{text[:start]}${{{name}}}{text[end:]}")
    parts = {**getattr(spec, section), key: validated(type(part), emptied, f"{section}.{key}")}
    return spec.model_copy(update={section: parts, "parameters": _declared(spec, name, path)}), value


def _parameter_made_secret(spec: AppSpec, name: str) -> tuple[AppSpec, str]:
    """The parameter keeps no default, and neither do the references to it."""
    before = spec.parameters.get(name, Parameter())
    dropped: list[str] = []
    rewriter = Rewriter(partial(_without_default, name=name, dropped=dropped))
    sections = {
        section: {key: _rewritten(part, rewriter, (section, key)) for key, part in getattr(spec, section).items()}
        for section in ("components", "volumes", "networks")
    }
    if rewriter.faults:
        raise SpecError(rewriter.faults)
    after = before.model_copy(update={"secret": True, "default": None, "fixed": False, "required": True})
    value = before.default if before.default is not None else next(iter(dropped), "")
    return spec.model_copy(update={**sections, "parameters": {**spec.parameters, name: after}}), value


def _rewritten[R: Record](part: R, rewriter: Rewriter, at: Path) -> R:
    rewritten = rewriter.part(part, at)
    return part if rewritten is None else validated(type(part), rewritten, dotted(at))


def _without_default(text: str, *, name: str, dropped: list[str]) -> str:
    return "".join(_source(piece, name, dropped) for piece in pieces(text)) if name in names(text) else text


def _source(piece: Piece, name: str, dropped: list[str]) -> str:
    if isinstance(piece, str):
        return piece.replace("$", "$$")
    if piece.name == name and piece.operator.endswith("-"):
        dropped.append(plain("".join(_source(part, "", []) for part in piece.argument), {}))
        return f"${{{name}}}"
    if not piece.argument:
        return piece.source
    argument = "".join(_source(part, name, dropped) for part in piece.argument)
    return f"${{{piece.name}{piece.operator}{argument}}}"


def _one_reference(text: str) -> Reference | None:
    match pieces(text):
        case (Reference() as reference,):
            return reference
    return None


def _taken(text: str, path: Path) -> str:
    if names(text):
        raise SpecError([Fault(dotted(path), "holds references beside the secret; make the parameters secret instead")])
    return plain(text, {})


def _file_emptied(component: ComponentSpec, file: str, name: str, path: Path) -> tuple[Tree, str]:
    before = component.config_files[file]
    if before.encoding != "text":
        raise SpecError([Fault(dotted(path), "is not a text, and only texts can become a secret parameter")])
    value = _taken(before.content, path) if before.interpolate else before.content
    after = ConfigFile.model_validate({**tree(before), "content": f"${{{name}}}", "interpolate": True, "secret": True})
    return tree(component.model_copy(update={"config_files": {**component.config_files, file: after}})), value


def _file_without(component: ComponentSpec, file: str, name: str, value: str) -> tuple[Tree, str]:
    before = component.config_files[file]
    content = (without if before.interpolate else without_in_raw)(before.content, value, name)
    after = ConfigFile.model_validate({**tree(before), "content": content, "interpolate": True})
    return tree(component.model_copy(update={"config_files": {**component.config_files, file: after}})), value


def _declared(spec: AppSpec, name: str, path: Path) -> dict[str, Parameter]:
    known = spec.parameters.get(name)
    if known is not None and not known.secret:
        raise SpecError([Fault(dotted(path), f"{name} is already a parameter, and not a secret one")])
    return {**spec.parameters, name: known or Parameter(secret=True, required=True)}


def _text_at(part: Tree, inside: Iterable[str]) -> str:
    value: object = part
    for step in inside:
        value = value[int(step)] if isinstance(value, list) else value[step] if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise KeyError(dotted(inside))
    return value


def _replaced(part: Tree, inside: list[str], text: str) -> Tree:
    copied: Tree = dict(part)
    first, *rest = inside
    below = copied[first]
    if isinstance(below, list):
        index = int(rest[0])
        copied[first] = [*below[:index], text, *below[index + 1 :]]
    else:
        copied[first] = _replaced(below, rest, text) if isinstance(below, dict) else text
    return copied
