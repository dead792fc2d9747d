"""Random documents from small pools, so that two of them often differ in part and agree in part."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec

law = settings(max_examples=100)
"""No law hangs on the machine's speed."""

WORDS = st.sampled_from(["", "a", "b", "a b", "$$", "${P}", "${P:-a}", "1"])
KEYS = st.sampled_from(["web", "db", "redis"])
NAMES = st.sampled_from(["A", "B", "a.b", "${P}X"])


def _maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


_PORTS = st.dictionaries(
    st.sampled_from(["80/tcp", "53/udp"]),
    st.dictionaries(st.sampled_from(["8080", "127.0.0.1:81"]), _maybe(name=WORDS), max_size=2),
    max_size=2,
)
_MOUNTS = st.dictionaries(
    st.sampled_from(["/data", "/tmp"]),
    _maybe(
        kind=st.sampled_from(["volume", "tmpfs"]),
        source=st.sampled_from(["data", "fast"]),
        read_only=st.sampled_from([True, False, "${P}"]),
        size=st.sampled_from([1, "512m"]),
    ),
    max_size=2,
)
_FILES = st.dictionaries(
    st.sampled_from(["/etc/a", "/etc/b"]),
    _maybe(content=WORDS, mode=st.sampled_from(["0444", "0400"]), interpolate=st.booleans()),
    max_size=2,
)
_PROBES = st.dictionaries(
    st.sampled_from(["liveness", "readiness"]),
    st.sampled_from([{"tcp": 80}, {"http": {"port": 80}}, {"command": ["x"], "retries": 3}, {"disabled": True}]),
    max_size=2,
)
_ENGINE = st.dictionaries(
    st.sampled_from(["cap_add", "ulimits"]),
    st.sampled_from([["A"], ["A", "B"], {"nofile": 1}, {"nofile": {"soft": 1}}, {"nofile": {"hard": 2}}, {}, None]),
    max_size=2,
)
_COMPONENTS = _maybe(
    name=WORDS,
    kind=st.sampled_from(["service", "job"]),
    image=WORDS,
    command=st.sampled_from([None, [], ["a"], ["a", "${P}"]]),
    env=st.dictionaries(NAMES, WORDS | st.none(), max_size=3),
    ports=_PORTS,
    mounts=_MOUNTS,
    config_files=_FILES,
    probes=_PROBES,
    resources=_maybe(cpu_limit=st.sampled_from([0.5, 1, "2"]), memory_limit=st.sampled_from(["1m", 5])),
    replicas=st.sampled_from([1, 2, "3"]),
    networks=st.dictionaries(st.sampled_from(["back"]), _maybe(aliases=st.sampled_from([["x"], ["y"]])), max_size=1),
    depends_on=st.dictionaries(KEYS, _maybe(condition=st.sampled_from(["started", "healthy"])), max_size=2),
    stop=_maybe(signal=WORDS, grace=st.sampled_from(["5s", "9s"])),
    health_gate=_maybe(deadline=st.sampled_from(["5m", "1m"])),
    engine=_ENGINE,
)
_PARAMETERS = _maybe(default=WORDS, fixed=st.booleans(), label=WORDS, choices=st.sampled_from([["a"], ["a", "b"]]))
_DEFINITIONS = _maybe(driver=WORDS, labels=st.dictionaries(NAMES, WORDS, max_size=2), external=st.booleans())


def specs() -> st.SearchStrategy[AppSpec]:
    """Any document."""
    return _maybe(
        parameters=st.dictionaries(st.sampled_from(["P", "Q"]), _PARAMETERS, max_size=2),
        components=st.dictionaries(KEYS, _COMPONENTS, max_size=3),
        volumes=st.dictionaries(st.sampled_from(["data", "fast"]), _DEFINITIONS, max_size=2),
        networks=st.dictionaries(st.sampled_from(["back"]), _DEFINITIONS, max_size=1),
    ).map(parse_spec)
