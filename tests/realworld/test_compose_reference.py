"""Every real Compose file: imported, rendered, written by us, and held against Compose's own reading of the original.

What the files do not bring along (bind mounts beside them, builds) must be named by a notice, one for one.
"""

from pathlib import Path

import pytest

from apps_app.formats.compose.read import read_compose
from templates_app.appspec.interpolation.render import effective, render
from templates_app.appspec.validation.validate import check
from tests.apps_app.sources.compare import compare, folder_files
from tests.apps_app.sources.reference import reader

ROOT = (Path(__file__).resolve().parents[3] / "shared" / "realworld").resolve()
FILES = sorted(path for path in ROOT.rglob("*.y*ml"))
pytestmark = [
    pytest.mark.realworld,
    pytest.mark.skipif(not FILES, reason="needs ../shared/realworld beside the project"),
    pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix()),
]


@pytest.mark.reference
@pytest.mark.skipif(reader() is None, reason="needs Docker Compose v2 (UPLIFT_TEST_COMPOSE)")
def test_real_file_means_what_compose_reads(file: Path, tmp_path: Path) -> None:
    comparison = compare(file.parent, [file.name], tmp_path)
    assert comparison.ours == comparison.theirs
    assert not comparison.unlisted


def test_real_file_holds_together_and_keeps_no_secret(file: Path) -> None:
    imported = read_compose(folder_files(file.parent), file.name)
    spec = imported.spec
    assert not check(spec)
    assert not check(render(spec, effective(spec.parameters, {})))
    assert all(parameter.default is None for parameter in spec.parameters.values() if parameter.secret)
    assert all(credential.parameter for credential in imported.credentials)
