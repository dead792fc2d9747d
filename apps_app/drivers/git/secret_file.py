"""The file beside the repository that holds the secret values, as Compose reads a .env file.

Single quotes keep a value as it is; what they cannot hold (a quote, a last backslash, line ends) goes into double
quotes, where `\\\\`, `\\"`, `\\n`, `\\r` and `$$` are escapes: Compose's rules of env files.
"""

import hashlib
import re
from collections.abc import Mapping

_HEADER = "# Secret values, written by Uplift; changes made here are replaced by the next upgrade. seal: "
_ENTRY = re.compile(r"""^([A-Za-z_]\w*)=(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^'"\n]*))$""", re.MULTILINE | re.DOTALL)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "$": "$$"}
_ESCAPED = re.compile(r"\\(.)|\$\$", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r"}


def to_env(values: Mapping[str, str]) -> bytes:
    """The values as an env file, by name, under a seal that shows whether somebody changed it."""
    body = "".join(f"{name}={_quoted(values[name])}\n" for name in sorted(values)).encode()
    return f"{_HEADER}{_seal(body)}\n".encode() + body


def from_env(data: bytes) -> dict[str, str]:
    """The values of such a file; lines that are no values are passed over."""
    body = data.decode(errors="replace")
    return {match[1]: _value(match) for match in _ENTRY.finditer(body)}


def is_sealed(data: bytes) -> bool:
    """Whether the file is as it was written."""
    header, _, body = data.partition(b"\n")
    return header.decode(errors="replace") == _HEADER + _seal(body)


def _seal(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _quoted(value: str) -> str:
    if any(name in value for name in "'\n\r") or value.endswith("\\"):
        return '"' + "".join(_ESCAPES.get(name, name) for name in value) + '"'
    return f"'{value}'"


def _value(match: re.Match[str]) -> str:
    if match[3] is None:
        return match[2] if match[2] is not None else match[4].strip()
    return _ESCAPED.sub(lambda item: _LETTERS.get(item[1], item[1]) if item[1] else "$", match[3])
