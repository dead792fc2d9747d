"""Every folder under cases/ is a Compose project: read, kept as expected.json, written, and held against Compose.

To accept what is read now: ACCEPT_CASES=1 pytest tests/apps_app/sources/test_cases.py, then look at the difference.
"""

import copy
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from apps_app.formats.compose.read import Imported, read_compose
from apps_app.formats.compose.write import to_compose
from templates_app.appspec.interpolation.render import effective, render, secret_names
from templates_app.appspec.interpolation.syntax import names, plain
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import tree
from tests.apps_app.sources.compare import compare, folder_files
from tests.apps_app.sources.reference import reader

CASES = sorted(path for path in Path(__file__).with_name("cases").iterdir() if path.is_dir())
EXPECTED = "expected.json"
pytestmark = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_case_is_read_as_expected(case: Path) -> None:
    result = json.loads(json.dumps(_said(_imported(case))))
    if os.environ.get("ACCEPT_CASES"):
        (case / EXPECTED).write_text(json.dumps(result, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    assert result == json.loads((case / EXPECTED).read_text())


def test_case_read_again_from_what_was_written_is_the_same(case: Path) -> None:
    spec = _buildable(_rendered(_imported(case)))
    secrets = secret_names(spec.parameters)
    files = to_compose(spec, secrets=secrets)
    import_result = read_compose(files, "compose.yaml", "".join(f"{name}=not-given\n" for name in secrets).encode())
    assert _comparable(import_result.spec) == _comparable(spec)


@pytest.mark.reference
@pytest.mark.skipif(reader() is None, reason="needs Docker Compose v2 (UPLIFT_TEST_COMPOSE)")
def test_case_means_what_compose_reads(case: Path, tmp_path: Path) -> None:
    comparison = compare(case, _names(case), tmp_path)
    assert comparison.ours == comparison.theirs
    assert not comparison.unlisted


def _names(case: Path) -> list[str]:
    return ["compose.yaml", *(["override.yaml"] if (case / "override.yaml").exists() else [])]


def _imported(case: Path) -> Imported:
    files = {path: content for path, content in folder_files(case).items() if path != EXPECTED}
    return read_compose(files, _names(case))


def _said(imported: Imported) -> dict[str, Any]:
    return {
        "spec": tree(imported.spec),
        "secrets": dict(imported.secrets),
        "notices": [f"{notice.weight}: {notice}" for notice in imported.notices],
        "credentials": [
            f"{credential.path} → {credential.parameter}: {credential.reason}" for credential in imported.credentials
        ],
        "name": imported.name,
    }


def _rendered(imported: Imported) -> AppSpec:
    return render(imported.spec, effective(imported.spec.parameters, {}))


def _buildable(spec: AppSpec) -> AppSpec:
    """Compose wants an image; an import leaves it open where only a build was given."""
    components = {
        key: component.model_copy(update={"image": component.image or "none"})
        for key, component in spec.components.items()
    }
    return spec.model_copy(update={"components": components})


def _comparable(spec: AppSpec) -> Any:
    """What a written file can tell: no parameters, references in one spelling."""
    components: Any = copy.deepcopy(tree(spec).get("components", {}))
    for component in components.values():
        for file in component.get("config_files", {}).values():
            if file.get("interpolate") and not names(file["content"]):
                file |= {"content": plain(file["content"], {}), "interpolate": False}
            file.setdefault("interpolate", False)
    plainly = {"components": components, "volumes": dict(spec.volumes), "networks": dict(spec.networks)}
    text = json.dumps(plainly, default=tree, sort_keys=True)
    return json.loads(re.sub(r"\$\{(\w+):?\?[^}]*\}", r"${\1}", text))
