"""What looks like a credential, by its name or by its text; and where in the text it stands."""

import posixpath
import re
from dataclasses import dataclass
from itertools import pairwise

from templates_app.appspec.interpolation.syntax import Piece, Reference, TextError, pieces

_WORDS = frozenset(
    {"PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PWD", "SECRET", "TOKEN", "CREDENTIAL", "CREDENTIALS", "APIKEY"}
    | {"AUTHKEY", "REQUIREPASS", "MASTERAUTH", "SALT"}
)
_ANYWHERE = ("PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "APIKEY")
_KEYS = frozenset({"API", "ACCESS", "PRIVATE", "ENCRYPTION", "ENCRYPT", "SIGNING", "MASTER", "AUTH", "LICENSE", "SSH"})
_HARMLESS_ENDS = frozenset(
    {"FILE", "PATH", "DIR", "NAME", "USERNAME", "USER", "ID", "HOST", "PORT", "URL", "URI", "ENDPOINT", "ISSUER"}
    | {"TTL", "TIMEOUT", "EXPIRY", "EXPIRATION", "EXPIRES", "LIFETIME", "DAYS", "HOURS", "MINUTES", "SECONDS"}
    | {"LENGTH", "MIN", "MAX", "SIZE", "COUNT", "ENABLED", "DISABLED", "REQUIRED", "POLICY", "MODE", "METHOD"}
    | {"HEADER", "FIELD", "LABEL", "PREFIX", "AUDIENCE", "ALGORITHM", "TYPE", "FORMAT", "VERSION", "PROVIDER"}
)
_HARMLESS_ANYWHERE = frozenset({"ALLOW", "ENABLE", "DISABLE", "REQUIRE", "EMPTY", "RANDOM", "MAX", "MIN"})
_HARMLESS_VALUES = frozenset({"", "true", "false", "yes", "no", "on", "off", "none", "null", "0", "1"})
_NUMBERS_COUNT = re.compile("PASS|PWD")
ATTACHED = "p"
"""The name of what may be a password with its option attached, as -pPASSWORD."""
_BY_OPTION = "an option that takes a password"
_BY_HEADER = "a header that signs in"
_MYSQL = re.compile(
    r"mysql|mysqld|mysqld_safe|mysqldump|mysqladmin|mysqlimport|mysqlcheck|mysqlshow|mysqlpump|mysqlbinlog"
    r"|mysqlslap|mariadb|mariadbd|mariadb-(?:dump|admin|import|check|show|binlog|slap)"
)
_NO_PORT = r"(?!\d{1,5}(?:[\s\"';|&]|$))"
_ATTACHED = re.compile(rf"-p{_NO_PORT}(?P<found>[^\s\"'$;|&<>]{{3,}}+)")
_REFERENCE = r"\$\{[^}]*\}|\$\$|\$\w++"
_TEXTS = (
    (
        re.compile(
            rf"(?<![\w+.-])[a-zA-Z][\w+.-]*+://(?:{_REFERENCE}|[^\s:@/])*+:"
            rf"(?P<found>(?:{_REFERENCE}|[^\s@/$])++)@"
        ),
        "a URL with a password",
    ),
    (
        re.compile(
            rf"(?:^|[\s;&?])(?:password|passwd|pwd|secret|token)=(?P<found>(?:{_REFERENCE}|[^\s;&\"'$])++)",
            re.IGNORECASE,
        ),
        "it holds a password",
    ),
    (
        re.compile(
            rf"(?:^|,)(?:password|passwd|pwd|pass|secret|token)=(?P<found>(?:{_REFERENCE}|[^\s,;&\"'$])++)",
            re.IGNORECASE,
        ),
        "it holds a password",
    ),
    (
        re.compile(
            r"(?:^|\s)--?(?P<name>requirepass|masterauth|password|passwd|passphrase|secret|token)(?:\s++|=)"
            r"(?P<found>[^\s\"'$;|&<>-][^\s\"'$;|&<>]{3,}+)"
        ),
        _BY_OPTION,
    ),
    (
        re.compile(
            rf"(?<![\w.-])(?:{_MYSQL.pattern})\s[^;|&\n]{{0,400}}?(?<=\s)-p[\"']?{_NO_PORT}(?P<found>[^\s\"'$;|&<>]{{3,}}+)"
        ),
        _BY_OPTION,
    ),
    (
        re.compile(
            r"\b(?P<name>(?:proxy-)?authorization)[\"']?\s*+[:=]\s*+[\"']?(?:bearer|basic|token)(?:\s++|%20)"
            r"(?P<found>[^\s\"'$;,|&<>]{4,}+)",
            re.IGNORECASE,
        ),
        _BY_HEADER,
    ),
    (re.compile(r"^(?:Bearer|Basic)\s++(?P<found>(?=\S*\d)[\w.~+/=-]{8,}+)$"), _BY_HEADER),
    (re.compile(r"(?P<found>-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----.*)", re.DOTALL), "a private key"),
    (re.compile(r"\b(?P<found>AKIA[0-9A-Z]{16}|gh[opsu]_\w{20,}+|github_pat_\w{20,}+)"), "a known kind of key"),
    (re.compile(r"\b(?P<found>xox[abprs]-[\w-]{10,}+|sk_live_\w{10,}+|AIza[\w-]{30,200}+)"), "a known kind of key"),
    (re.compile(r"\b(?P<found>eyJ[\w-]{8,2000}+\.eyJ[\w-]{8,4000}+\.[\w-]++)"), "a signed token"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a text that is the credential, and why; and the name that the text itself gives it."""

    start: int
    end: int
    reason: str
    name: str = ""


def looks_like_credential(name: str, value: str) -> str | None:
    """Why a value of this name (a text of the document) looks like a credential; None where it does not.

    A reference to a parameter is none; a default written inside the reference is.
    """
    span = find_credential(name, value)
    return span.reason if span is not None and literal_text(value[span.start : span.end]) else None


def find_credential(name: str, value: str) -> Span | None:
    """The part that is a credential or stands where one would, also when only a reference stands there."""
    if name_says_so(name) and not _is_harmless(name, value):
        return Span(0, len(value), f"{name} is the name of a credential")
    if name == ATTACHED and (match := _ATTACHED.fullmatch(value)):
        return Span(*match.span("found"), _BY_OPTION)
    for pattern, reason in _TEXTS:
        if match := pattern.search(value):
            return Span(*match.span("found"), reason, match.groupdict().get("name", ""))
    return None


def attaches_password(program: str) -> bool:
    """Whether a program takes a password as -pPASSWORD: those of MySQL and MariaDB do."""
    return _MYSQL.fullmatch(posixpath.basename(program)) is not None


def name_says_so(name: str) -> bool:
    """Whether a name is one that credentials have: DB_PASSWORD, apiKey, X_SECRET; not TOKEN_TTL or PASSWORD_FILE."""
    words = [word.upper() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]
    if not words or words == ["PWD"] or words[-1] in _HARMLESS_ENDS or _HARMLESS_ANYWHERE & set(words):
        return False
    if _WORDS & set(words) or any(end in word for word in words for end in _ANYWHERE):
        return True
    return any(two == "KEY" and item in _KEYS for item, two in pairwise(words))


def literal_text(text: str) -> str:
    """The text's own words, defaults inside references too, without what parameters bring."""
    return _literal(_pieces(text))


def _is_harmless(name: str, value: str) -> bool:
    if value.startswith("/") and not re.search(r"\s", value):
        return True
    own = literal_text(value)
    if own.lower() in _HARMLESS_VALUES:
        return not any(isinstance(piece, Reference) for piece in _pieces(value))
    return bool(re.fullmatch(r"[\d.]+[a-z]?", own)) and not _NUMBERS_COUNT.search(name.upper())


def _literal(parts: tuple[Piece, ...]) -> str:
    return "".join(
        part if isinstance(part, str) else _literal(part.argument) if part.operator.endswith("-") else ""
        for part in parts
    )


def _pieces(text: str) -> tuple[Piece, ...]:
    try:
        return pieces(text)
    except TextError:
        return (text,)
