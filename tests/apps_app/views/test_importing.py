"""Compose files in the browser: uploaded, pasted, and imported again."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from apps_app.models import Application
from config.accounts.models import Team, User
from tests.apps_app.rows import held, wanted

type SignIn = Callable[[User], Client]

SHOP = """
services:
  web:
    image: shop/web:${TAG:-1.0}
    ports: ["8080:80"]
    environment:
      LOG_LEVEL: info
      DB_PASSWORD: ${DB_PASSWORD}
    volumes: ["./web.conf:/etc/web.conf:ro"]
    depends_on: [db]
  db:
    image: postgres:17
    build: ./db
    volumes: ["data:/var/lib/postgresql/data"]
volumes:
  data:
"""
ENV = b"TAG=1.1\nDB_PASSWORD=hunter2-very-secret\n"


def file(name: str, content: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


@pytest.fixture
def client(client_of: SignIn, operator: User) -> Client:
    return client_of(operator)


@pytest.fixture
def shop(client: Client, team: Team) -> Application:
    data = {
        "name": "Shop",
        "team": team.pk,
        "compose_file": file("compose.yaml", SHOP),
        "env_file": file(".env", ENV),
        "more_files": [file("web.conf", "listen 80;")],
    }
    answer = client.post(reverse("apps:import"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    return Application.objects.get(slug="shop")


def test_an_upload_becomes_an_application(shop: Application, client: Client) -> None:
    spec = shop.desired_spec()
    assert set(spec.components) == {"web", "db"}
    assert spec.components["web"].config_files["/etc/web.conf"].content == "listen 80;"
    assert spec.parameters["TAG"].default == "1.1"
    assert held(shop, "DB_PASSWORD") == "hunter2-very-secret"
    page = client.get(reverse("apps:imported", args=["shop"]))
    assert [item["key"] for item in page.context["lost"]] == ["build"]
    assert "DB_PASSWORD" in page.text
    assert "hunter2" not in page.text


def test_nothing_secret_is_stored_readable(shop: Application) -> None:
    shop.refresh_from_db()
    stored = f"{shop.frame_desired} {shop.imported} {[row.desired for row in shop.components.all()]}"
    assert "hunter2" not in stored


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: [", "this is not YAML"),
        ("services:\n  web:\n    image: a\n    colour: red\n", "colour"),
        ("services:\n  a: {image: a, depends_on: [b]}\n  b: {image: b, depends_on: [a]}\n", "a"),
        ("services:\n  a: {image: a, ports: ['80:80']}\n  b: {image: b, ports: ['80:80']}\n", "80"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
            for before, name in zip("abcdefgh", "bcdefghi", strict=True)
        ), "values once its aliases are followed"),
    ],
    ids=["yaml", "key", "cycle", "port", "laughs"],
)  # fmt: skip
def test_bad_files_are_told_and_nothing_is_written(text: str, said: str, client: Client, team: Team) -> None:
    page = client.post(reverse("apps:import"), {"name": "Bad", "team": team.pk, "compose_text": text})
    assert page.status_code == 200
    assert said in str(page.context["form"].errors)
    assert not Application.objects.exists()


def test_a_large_upload_is_refused_before_it_is_read(client: Client, team: Team) -> None:
    data = {"name": "Big", "team": team.pk, "compose_file": file("compose.yaml", b"#" * (9 * 1024 * 1024))}
    page = client.post(reverse("apps:import"), data)
    assert "compose.yaml is larger than 8 MiB" in page.text
    assert not Application.objects.exists()


def test_one_of_upload_and_paste_is_needed(client: Client, team: Team) -> None:
    page = client.post(reverse("apps:import"), {"name": "Shop", "team": team.pk})
    assert "exactly one of the two" in page.text


def test_who_may_import(shop: Application, team: Team, client_of: SignIn, viewer: User, stranger: User) -> None:
    data = {"name": "Mine", "team": team.pk, "compose_text": SHOP}
    assert client_of(viewer).post(reverse("apps:import"), data).status_code == 403
    assert client_of(stranger).post(reverse("apps:import"), data).context["form"].errors["team"]
    assert not Application.objects.filter(name="Mine").exists()
    assert Application.objects.count() == 1
    for name in ("apps:reimport", "apps:reimport-review"):
        url = reverse(name, args=["shop"])
        assert client_of(viewer).post(url, {"compose_text": SHOP}).status_code == 403
        assert client_of(stranger).post(url, {"compose_text": SHOP}).status_code == 404


def again(client: Client, text: str) -> str:
    data = {"compose_text": text, "env_file": file(".env", ENV), "more_files": [file("web.conf", "listen 80;")]}
    answer = client.post(reverse("apps:reimport", args=["shop"]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer["Location"])


def edit(shop: Application, key: str, **fields: object) -> None:
    shop.components.filter(key=key).update(desired={**wanted(shop, key), **fields})


def test_importing_again_shows_what_changes_and_changes_nothing_yet(shop: Application, client: Client) -> None:
    review = again(client, SHOP.replace("postgres:17", "postgres:18"))
    page = client.get(review)
    assert "postgres:18" in page.text
    assert wanted(shop, "db")["image"] == "postgres:17"
    assert client.post(review).status_code == 302
    assert wanted(shop, "db")["image"] == "postgres:18"
    assert client.get(review).status_code == 302


def test_own_changes_are_kept_and_conflicts_asked(shop: Application, client: Client) -> None:
    edit(shop, "db", image="postgres:17-mine", labels={"own": "yes"})
    review = again(client, SHOP.replace("postgres:17", "postgres:18").replace("LOG_LEVEL: info", "LOG_LEVEL: debug"))
    page = client.get(review)
    assert [item.id for item in page.context["conflicts"]] == ["components.db.image"]
    assert client.post(review).status_code == 200
    assert wanted(shop, "web")["env"]["LOG_LEVEL"] == "info"
    assert client.post(review, {"choice:components.db.image": "ours"}).status_code == 302
    db, web = wanted(shop, "db"), wanted(shop, "web")
    assert (db["image"], db["labels"], web["env"]["LOG_LEVEL"]) == ("postgres:17-mine", {"own": "yes"}, "debug")


def test_a_dropped_component_is_asked_about(shop: Application, client: Client) -> None:
    one_less = SHOP.replace("    depends_on: [db]\n", "").partition("  db:")[0]
    review = again(client, one_less)
    page = client.get(review)
    assert [(item.key, item.chosen) for item in page.context["dropped"]] == [("db", "remove")]
    client.post(review, {"removed:db": "remove"})
    assert [row.key for row in shop.components.all()] == ["web"]


def test_secret_values_are_left_alone_unless_ticked(shop: Application, client: Client) -> None:
    value = shop.values.get(name="DB_PASSWORD")
    value.desired = "mine"
    value.save()
    review = again(client, SHOP)
    assert client.get(review).context["secrets"] == ("DB_PASSWORD",)
    client.post(review)
    assert held(shop, "DB_PASSWORD") == "mine"
    client.post(again(client, SHOP), {"replace_secrets": "on"})
    assert held(shop, "DB_PASSWORD") == "hunter2-very-secret"


def test_the_waiting_import_is_sealed_in_the_session(shop: Application, client: Client) -> None:
    again(client, SHOP)
    assert "hunter2" not in str(dict(client.session))
    assert "postgres" not in str(dict(client.session))


def imported_page(client: Client, team: Team, text: str) -> str:
    answer = client.post(reverse("apps:import"), {"name": "Blog", "team": team.pk, "compose_text": text}, follow=True)
    assert answer.redirect_chain, answer.text
    return " ".join(answer.text.split())


def test_what_needs_a_value_is_listed_with_the_authors_words(team: Team, client_of: SignIn, operator: User) -> None:
    page = imported_page(client_of(operator), team, "services: {web: {image: 'web:${TAG:?set the tag}'}}")
    assert "Needs a value before it can run" in page
    assert "needs a value and has none: set the tag" in page
    assert "Give TAG a value under Settings" in page
    assert "Everything in the file was carried" not in page


def test_the_advice_is_what_can_be_done_on_the_page(team: Team, client_of: SignIn, operator: User) -> None:
    text = "services: {web: {image: web:1, volumes: ['./nginx.conf:/etc/nginx.conf', './certs:/certs']}}"
    page = imported_page(client_of(operator), team, text)
    assert "Import again, and add it under “Files it refers to”, put it into the image" in page
    assert "A browser sends no folders: import by command from the folder that holds it" in page
    assert 'href="/apps/blog/import/">Import again' in page


def test_a_file_that_is_refused_without_another_says_where_to_add_it(
    team: Team, client_of: SignIn, operator: User
) -> None:
    text = "services: {web: {image: web:1, env_file: web.env}}"
    data = {"name": "Blog", "team": team.pk, "compose_text": text}
    page = client_of(operator).post(reverse("apps:import"), data).text
    assert "web.env was not given: add it under “Files it refers to”" in page


def test_credentials_are_listed_by_their_place_in_words(team: Team, client_of: SignIn, operator: User) -> None:
    text = "services: {db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: hunter2}}}"
    page = imported_page(client_of(operator), team, text)
    assert "db, variable POSTGRES_PASSWORD: POSTGRES_PASSWORD is the name of a credential" in page
    assert "components." not in page


def test_a_review_says_ports_by_what_they_mean(shop: Application, client_of: SignIn, operator: User) -> None:
    client = client_of(operator)
    text = SHOP.replace('["8080:', '["9090", "8080:')
    client.post(reverse("apps:reimport", args=[shop.slug]), {"compose_text": text})
    page = said(client.get(reverse("apps:reimport-review", args=[shop.slug])).text)
    assert "Ports 9090/tcp not there published as any free port" in page


def said(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


OPEN = "services: {db: {image: postgres, environment: {POSTGRES_PASSWORD: '${DB_PASSWORD:?set it}', TZ: }}}"


def test_a_demanded_password_without_a_value_is_sealed_from_the_first_one_on(client: Client, team: Team) -> None:
    client.post(reverse("apps:import"), {"name": "Db", "team": team.pk, "compose_text": OPEN})
    db = Application.objects.get(slug="db")
    parameter = db.desired_spec().parameters["DB_PASSWORD"]
    assert (parameter.secret, parameter.required, parameter.default) == (True, True, None)
    assert "needs a value and has none: set it" in client.get(reverse("apps:imported", args=["db"])).text
    client.post(reverse("apps:values", args=["db"]), {"value-DB_PASSWORD": "hunter2-very-secret"})
    assert held(db, "DB_PASSWORD") == "hunter2-very-secret"
    assert "hunter2" not in client.get(reverse("apps:settings", args=["db"])).text


def test_what_was_set_in_the_open_is_sealed_once_the_import_says_secret(client: Client, team: Team) -> None:
    client.post(reverse("apps:import"), {"name": "Db", "team": team.pk, "compose_text": OPEN})
    db = Application.objects.get(slug="db")
    assert db.imported is not None
    for document in (db.frame_desired, db.imported):
        document["parameters"]["DB_PASSWORD"] = {"required": True}
    db.save()
    client.post(reverse("apps:values", args=["db"]), {"value-DB_PASSWORD": "hunter2-very-secret"})
    assert "hunter2" in client.get(reverse("apps:settings", args=["db"])).text
    client.post(reverse("apps:reimport", args=["db"]), {"compose_text": OPEN})
    client.post(reverse("apps:reimport-review", args=["db"]))
    db.refresh_from_db()
    assert db.desired_spec().parameters["DB_PASSWORD"].secret
    assert db.values.get(name="DB_PASSWORD").secret
    assert "hunter2" not in client.get(reverse("apps:settings", args=["db"])).text


def test_a_text_that_only_became_a_reference_is_not_asked_about(client: Client, team: Team) -> None:
    file = "services: {{web: {{image: 'web:1', environment: {{LEVEL: '{level}', MODE: {mode}}}}}}}"
    first = file.format(level="debug", mode="a")
    client.post(reverse("apps:import"), {"name": "Web", "team": team.pk, "compose_text": first})
    make = f"{reverse('apps:parameter-make', args=['web', 'web'])}?at=env.LEVEL"
    assert client.post(make, {"name": "LOG_LEVEL"}).status_code == 302
    client.post(reverse("apps:reimport", args=["web"]), {"compose_text": file.format(level="${X:-debug}", mode="b")})
    review = client.get(reverse("apps:reimport-review", args=["web"]))
    assert review.context["conflicts"] == []
    assert client.post(reverse("apps:reimport-review", args=["web"])).status_code == 302
    after = Application.objects.get(slug="web").desired_spec()
    assert after.components["web"].env == {"LEVEL": "${LOG_LEVEL}", "MODE": "b"}
    assert after.parameters.keys() == {"LOG_LEVEL"}


def notices(count: int, *, alert: bool) -> str:
    every = [{"service": f"s{n}", "key": "build", "message": "is not carried", "action": ""} for n in range(count)]
    return render_to_string("apps_app/_notices.html", {"notices": every, "title": "Notices", "alert": alert})


def test_of_many_notices_a_dozen_is_in_sight_and_the_rest_folded_and_counted() -> None:
    shown, _, folded = notices(40, alert=True).partition("<details")
    assert (shown.count('scope="row"'), folded.count('scope="row"')) == (12, 28)
    assert "28 more" in folded
    assert "<details" not in notices(12, alert=True)


def test_what_is_only_good_to_know_is_folded_and_counted() -> None:
    shown, _, folded = notices(16, alert=False).partition("<details")
    assert (shown.count('scope="row"'), folded.count('scope="row"')) == (0, 16)
    assert "Show all 16" in folded
    assert "<details" not in notices(4, alert=False)
