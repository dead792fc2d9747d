"""A variable of a component: a value, an empty one, or none of managed by the application."""

from django.test import Client

from config.accounts.models import Team, User
from templates_app.appspec.schema.parse import parse_spec
from tests.apps_app.views.test_component_form import form_of, wanted
from tests.conftest import SignedIn
from tests.factories import application


def test_a_variable_is_set_empty_or_passed_on(team: Team, operator: User) -> None:
    client: Client = SignedIn(operator)
    env = {"EMPTY": "", "PASSED": None, "SET": "a"}
    app = application(
        parse_spec({"components": {"app": {"image": "app:1", "env": env}}}), team=team, slug="env", name="Env"
    )
    url = "/apps/env/components/app/edit/"
    form = form_of(client, url)
    row = {form[f"env-{n}-name"]: f"env-{n}" for n in range(3)}
    assert [name for name, at in row.items() if form.get(f"{at}-passed_on")] == ["PASSED"]
    both = client.post(url, form | {f"{row['SET']}-passed_on": "on"})
    assert "set a value or pass it on, not both" in both.text
    other = {name: value for name, value in form.items() if name != f"{row['PASSED']}-passed_on"}
    assert client.post(url, other | {f"{row['EMPTY']}-passed_on": "on"}).status_code == 302
    assert wanted(app).components["app"].env == {"EMPTY": None, "PASSED": "", "SET": "a"}
    assert "passed on from the host" in client.get("/apps/env/components/app/").text
