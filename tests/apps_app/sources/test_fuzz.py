"""Whatever bytes come, only ComposeError comes back, or a document that stands."""

import contextlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from apps_app.formats.compose.env_file import read_env
from apps_app.formats.compose.errors import ComposeError
from apps_app.formats.compose.read import read_compose
from apps_app.formats.compose.write import to_compose
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import tree

CASES = sorted(Path(__file__).with_name("cases").glob("*/compose.yaml"))
SIGNS = "${ } $$ $X *a &a <<: [ ] { } !reset !!binary ' \" | > ? null true 0x 80:80 / ~ .. # é - : -- --- 1e999"
BREAKS = ("\n", "  ", "\t", ": ", "- ", "\n---\n", "%YAML 1.1\n", "\0", "\ue000", "a" * 5000)
WORDS = st.sampled_from([*SIGNS.split(), *BREAKS])


def faults_or_document(files: dict[str, bytes]) -> bool:
    """Whether the reader kept its promise. Any other error than ComposeError comes through."""
    try:
        import_result = read_compose(files, "compose.yaml")
    except ComposeError as error:
        return bool(error.faults) and all(fault.message for fault in error.faults)
    return parse(tree(import_result.spec)) == import_result.spec


@given(st.binary(max_size=300))
def test_random_bytes(content: bytes) -> None:
    assert faults_or_document({"compose.yaml": content})


@settings(max_examples=300)
@given(st.sampled_from(CASES), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.05), WORDS), min_size=1, max_size=4))
def test_mutated_projects(case: Path, cuts: list[tuple[float, float, str]]) -> None:
    text = case.read_text()
    for place, length, word in cuts:
        at = int(place * len(text))
        text = text[:at] + word + text[at + int(length * len(text)) :]
    env = case.with_name(".env")
    files = {"compose.yaml": text.encode(), ".env": env.read_bytes() if env.exists() else b""}
    assert faults_or_document(files)


@given(st.binary(max_size=100))
def test_random_env_files(content: bytes) -> None:
    with contextlib.suppress(ComposeError):
        assert all(isinstance(value, str) for value in read_env(".env", content).values())


def _is_name(text: str) -> bool:
    """Compose reads a name of line ends alone as none."""
    return bool(text.strip("\n")) and "=" not in text and "$" not in text


@given(st.dictionaries(st.text(min_size=1).filter(_is_name), st.text()))
def test_any_environment_survives_writing_and_reading(env: dict[str, str]) -> None:
    given_env = {name: value.replace("$", "$$") for name, value in env.items() if readable(name + value)}
    spec = parse({"components": {"web": {"image": "x", "env": given_env, "command": sorted(given_env.values())}}})
    import_result = read_compose(to_compose(spec), "compose.yaml", b"")
    assert {**import_result.spec.components["web"].env} == given_env or import_result.credentials
    assert import_result.spec.components["web"].command == spec.components["web"].command or import_result.credentials


def readable(text: str) -> bool:
    """YAML knows no surrogates and few control characters, and Compose's variables have no stand-ins of ours."""
    return all(character.isprintable() or character in "\n\t\r" for character in text)
