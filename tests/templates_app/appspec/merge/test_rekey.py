"""Components under other keys."""

import pytest

from templates_app.appspec.merge.rekey import find_key_conflicts, rename_components
from tests.specs import WEB_AND_DB, WEB_RENAMED, spec


def test_what_names_a_component_follows_it() -> None:
    before = spec(
        db={"image": "postgres:17"},
        web={
            "image": "shop/web:1",
            "depends_on": {"db": {"condition": "healthy"}},
            "engine": {"pid": "service:db", "volumes_from": ["db:ro"], "links": ["db", "db:database", "web"]},
        },
        side={"image": "shop/side:1", "network_mode": "service:db"},
    )
    after = rename_components(before, {"db": "store"})
    assert sorted(after.components) == ["side", "store", "web"]
    assert after.components["side"].network_mode == "service:store"
    web = after.components["web"].plain
    assert web["depends_on"] == {"store": {"condition": "healthy"}}
    assert web["engine"] == {
        "pid": "service:store",
        "volumes_from": ["store:ro"],
        "links": ["store:db", "store:database", "web"],
    }
    assert rename_components(after, {"store": "db"}).components["side"] == before.components["side"]


def test_what_names_none_is_the_same_object() -> None:
    after = rename_components(WEB_AND_DB, {"web": "shop"})
    assert after == WEB_RENAMED
    assert after.components["db"] is WEB_AND_DB.components["db"]
    assert rename_components(WEB_AND_DB, {"web": "web", "nothing": "x"}) is WEB_AND_DB


def test_two_may_swap_but_not_meet() -> None:
    assert find_key_conflicts(WEB_AND_DB.components, {"web": "db", "db": "web"}) == ()
    with pytest.raises(ValueError, match="duplicate component key: db"):
        rename_components(WEB_AND_DB, {"web": "db"})
