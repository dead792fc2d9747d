"""What a page costs: queries that do not grow with what there is to show, and a size that one can wait for."""

from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import SignedIn
from tests.pages.crowd import crowd
from tests.pages.places import ANSWERS_ONLY, doors, names, places, upload_again
from tests.pages.scene import Scene, scene
from tests.test_project import WRITES

HEAVIEST_PAGE = 400_000
HEAVIEST_STATIC = 250_000


class Cost(NamedTuple):
    queries: int
    size: int


@pytest.mark.django_db
def test_every_named_page_is_held(tmp_path: Path) -> None:
    held = places(scene(tmp_path)).keys() | doors().keys() | ANSWERS_ONLY.keys()
    assert names() - held == set(), "not in tests/pages/places.py"
    assert held - names() == set(), "in tests/pages/places.py, and no page any more"


@pytest.mark.django_db
def test_pages_stay_cheap_with_sixty_components(tmp_path: Path) -> None:
    few, many = scene(tmp_path / "few", "few", 1), scene(tmp_path / "many", "many", 57)
    assert_cheap(costs(few), costs(many))


@pytest.mark.django_db
def test_pages_stay_cheap_with_a_thousand_rows(tmp_path: Path) -> None:
    few, many = scene(tmp_path / "few", "few"), scene(tmp_path / "many", "many")
    crowd(few, 10)
    crowd(many, 1000)
    assert_cheap(costs(few), costs(many))


def test_what_every_page_loads_is_light() -> None:
    """Beside htmx, which comes as it is."""
    folder = Path(settings.BASE_DIR) / "static"
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    assert sum(sizes.values()) <= HEAVIEST_STATIC, sizes


def costs(of: Scene) -> dict[str, Cost]:
    """Each page's place in the list with what opening it took; what is read once in a process was read before."""
    client = SignedIn(of.owner)
    upload_again(client, of)
    result = {}
    for name, these in places(of).items():
        for n, address in enumerate(these):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            assert not [query["sql"] for query in queries if WRITES.match(query["sql"])], f"{address} writes"
            result[f"{name} {n}" if n else name] = Cost(len(queries), len(answer.content))
    return result


def assert_cheap(few: dict[str, Cost], many: dict[str, Cost]) -> None:
    """No more queries, and no page that is heavy."""
    queries = {place: (few[place].queries, cost.queries) for place, cost in many.items()}
    assert {place: pair for place, pair in queries.items() if pair[1] > pair[0]} == {}
    assert {place: cost.size for place, cost in many.items() if cost.size > HEAVIEST_PAGE} == {}
