"""What the audit trail says of an edit."""

import pytest

from apps_app.actions.audit_diff import MOST, edits
from templates_app.appspec.schema.model import Parameter, Volume
from tests.specs import WEB_AND_DB, WITH_REDIS, changed


def test_each_place_is_named_with_its_values() -> None:
    after = changed(WEB_AND_DB, "web", image="shop/web:2", replicas=3)
    assert edits(WEB_AND_DB, after) == ["web: image ${WEB_IMAGE} → shop/web:2", "web: replicas 1 → 3"]


def test_of_the_component_itself_the_name_is_left_out() -> None:
    data = edits(WEB_AND_DB, WITH_REDIS, of="redis")
    assert "component redis added" not in data
    assert "web: depends on redis added" in data
    assert edits(WEB_AND_DB, changed(WEB_AND_DB, "web", image="shop/web:2"), of="web") == [
        "image ${WEB_IMAGE} → shop/web:2"
    ]


def test_no_credential_is_kept_for_ever() -> None:
    before = changed(WEB_AND_DB, "web", env={"API_TOKEN": "old-s3cr3t-4711", "LEVEL": "info"})
    after = changed(
        before, "web", env={"API_TOKEN": "new-s3cr3t-4712", "LEVEL": "debug"}, command=["x", "--token=abcdefgh1"]
    )
    after = after.model_copy(update={"parameters": {"DB_PASSWORD": Parameter(default="s3cr3t-p4ss")}})
    data = edits(before, after)
    assert "web: env API_TOKEN changed" in data
    assert "web: env LEVEL info → debug" in data
    assert "web: command added" in data or "web: command changed" in data
    assert not [name for name in data if "s3cr3t" in name or "abcdefgh1" in name]


@pytest.mark.parametrize("options", ["username=a,password=s3cr3t-1", "pass=s3cr3t-1,vers=3.0", "user=a,pass=s3cr3t-1"])
def test_no_password_of_a_share_is_kept_either(options: str) -> None:
    before = WEB_AND_DB.model_copy(update={"volumes": {"share": Volume(options={"type": "cifs", "o": "ro"})}})
    after = WEB_AND_DB.model_copy(update={"volumes": {"share": Volume(options={"type": "cifs", "o": options})}})
    assert edits(before, after) == ["volume share options o changed"]
    assert edits(after, before) == ["volume share options o changed"]


def test_what_a_reference_to_a_secret_stood_for_is_not_told() -> None:
    plain = changed(WEB_AND_DB, "web", env={"LICENCE": "s3cr3t-4711"})
    sealed = changed(WEB_AND_DB, "web", env={"LICENCE": "${LICENCE}"})
    sealed = sealed.model_copy(update={"parameters": {**sealed.parameters, "LICENCE": Parameter(secret=True)}})
    for before, after in ((plain, sealed), (sealed, plain)):
        data = edits(before, after)
        assert "web: env LICENCE changed" in data
        assert "s3cr3t" not in " ".join(data)


def test_a_long_list_says_how_many_more() -> None:
    env = {f"NAME_{n}": "x" for n in range(MOST + 5)}
    before = changed(WEB_AND_DB, "web", env={})
    data = edits(before, changed(before, "web", env=env))
    assert len(data) == MOST + 1
    assert data[-1] == "and 5 more changes"
