"""Every page of applications: who may see it, page and fragment, and how many queries it takes."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps_app.drivers.base import State
from apps_app.models import Application, Busy, Installation, Observation, Origin, Value
from apps_app.presenters.topology_view import moved_tag
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import AppSpec
from tests.factories import ApplicationFactory, TargetFactory, TemplateVersionFactory, application
from tests.specs import WEB_AND_DB, added, changed, spec, without

type SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
LOOKING = ("apps:topology", "apps:components", "apps:settings", "apps:values", "apps:imported")
EDITING = ("apps:component-add", "apps:reimport")


@pytest.fixture
def shop(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="shop", name="Shop")


def chain(count: int) -> AppSpec:
    """Components that depend each on the one before."""
    return spec(
        **{
            f"part{n}": {
                "image": f"part:{n}",
                "ports": {"80/tcp": {str(8000 + n): {}}},
                "depends_on": {f"part{n - 1}": {}} if n else {},
            }
            for n in range(count)
        }
    )


@pytest.mark.parametrize("name", LOOKING)
def test_who_may_look_sees_it_and_a_stranger_must_not_know(
    name: str, shop: Application, client_of: SignIn, viewer: User, stranger: User
) -> None:
    url = reverse(name, args=[shop.slug])
    assert client_of(viewer).get(url).status_code == 200
    assert client_of(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize("name", EDITING)
def test_who_may_edit_sees_the_form(
    name: str, shop: Application, client_of: SignIn, operator: User, viewer: User, stranger: User
) -> None:
    url = reverse(name, args=[shop.slug])
    assert client_of(operator).get(url).status_code == 200
    assert client_of(viewer).get(url).status_code == 403
    assert client_of(stranger).get(url).status_code == 404


@pytest.mark.parametrize("name", ["apps:component", "apps:component-edit", "apps:component-remove"])
def test_a_component_is_guarded_like_its_application(
    name: str, shop: Application, client_of: SignIn, operator: User, viewer: User, stranger: User
) -> None:
    url = reverse(name, args=[shop.slug, "web"])
    assert client_of(operator).get(url).status_code == 200
    assert client_of(viewer).get(url).status_code == (200 if name == "apps:component" else 403)
    assert client_of(stranger).get(url).status_code == 404
    assert client_of(operator).get(reverse(name, args=[shop.slug, "nope"])).status_code == 404


def test_the_list_shows_what_one_may_see(shop: Application, client_of: SignIn, viewer: User, stranger: User) -> None:
    ApplicationFactory.create(name="Somebody else's")
    page = client_of(viewer).get(reverse("apps:list")).text
    assert "Shop" in page
    assert "Somebody" not in page
    assert "New application" not in page
    assert "Shop" not in client_of(stranger).get(reverse("apps:list")).text


def test_the_list_is_searched_filtered_and_sorted(team: Team, client_of: SignIn, viewer: User) -> None:
    target = TargetFactory.create(team=team)
    application(WEB_AND_DB, team=team, name="Alpha", target=target)
    application(WEB_AND_DB, applied=WEB_AND_DB, team=team, name="Beta", target=target)
    application(WEB_AND_DB, team=team, name="Gamma")
    client = client_of(viewer)

    def names(**query: str) -> list[str]:
        return [row.name for row in client.get(reverse("apps:list"), query).context["page"]]

    assert names() == ["Alpha", "Beta", "Gamma"]
    assert names(sort="-name") == ["Gamma", "Beta", "Alpha"]
    assert names(q="ET") == ["Beta"]
    assert names(state="source") == ["Gamma"]
    assert names(state="not_applied") == ["Alpha"]
    assert names(target=str(target.pk)) == ["Alpha", "Beta"]
    assert names(state="applied", team=team.slug) == ["Beta"]
    assert names(sort="nonsense", state="nonsense") == ["Alpha", "Beta", "Gamma"]


def test_states_are_told_in_their_order(team: Team, client_of: SignIn, viewer: User) -> None:
    target = TargetFactory.create(team=team)
    redis = added(WEB_AND_DB, redis={"image": "redis:7"})
    pending = application(redis, applied=WEB_AND_DB, team=team, name="Pending", target=target)
    version = TemplateVersionFactory.create(version="1.0")
    newer = TemplateVersionFactory.create(version="1.1", template=version.template)
    behind = application(WEB_AND_DB, applied=WEB_AND_DB, team=team, name="Behind", target=target)
    Installation.objects.create(application=behind, template=version.template, version=version)
    current = application(WEB_AND_DB, applied=WEB_AND_DB, team=team, name="Current", target=target)
    Installation.objects.create(application=current, template=version.template, version=newer)
    page = client_of(viewer).get(reverse("apps:list"))
    states = {row.name: row.state for row in page.context["page"]}
    assert states == {"Pending": "pending", "Behind": "behind", "Current": "up_to_date"}
    Busy.objects.create(application=pending, record_id=1, label="Change", url="/upgrades/1/", by="ada")
    page = client_of(viewer).get(reverse("apps:list"), {"state": "busy"})
    assert [row.name for row in page.context["page"]] == ["Pending"]


def test_the_list_as_page_and_as_fragment(shop: Application, client_of: SignIn, viewer: User) -> None:
    client = client_of(viewer)
    page, part = client.get(reverse("apps:list")), client.get(reverse("apps:list"), headers=HTMX)
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in part["Vary"]
    assert part.text.strip().startswith('<div id="rows">')
    assert part.text.strip() in page.text


def test_the_list_takes_the_same_queries_for_a_thousand(
    team: Team,
    client_of: SignIn,
    viewer: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    version = TemplateVersionFactory.create(version="1.0")
    target = TargetFactory.create(team=team)

    def more(count: int) -> None:
        created = ApplicationFactory.create_batch(count, team=team, target=target)
        Installation.objects.bulk_create(
            Installation(application=item, template=version.template, version=version) for item in created
        )

    more(2)
    client = client_of(viewer)
    with django_assert_max_num_queries(10) as few:
        client.get(reverse("apps:list"))
    more(998)
    with django_assert_num_queries(len(few)):
        assert client.get(reverse("apps:list")).context["page"].paginator.count == 1000


@pytest.mark.parametrize("name", ["apps:topology", "apps:components"])
def test_sixty_components_take_the_queries_of_two(
    name: str,
    team: Team,
    client_of: SignIn,
    viewer: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    version = TemplateVersionFactory.create(version="1.0")

    def made(count: int) -> Application:
        complete = chain(count)
        item = application(complete, applied=complete, team=team, target=TargetFactory.create(team=team))
        installation = Installation.objects.create(application=item, template=version.template, version=version)
        for row in item.components.all():
            Observation.objects.create(component=row, present=True, health=State.HEALTHY)
            Origin.objects.create(installation=installation, template_key=row.key, version=version, component=row)
        return item

    client = client_of(viewer)
    small, large = made(2), made(60)
    with django_assert_max_num_queries(16) as few:
        client.get(reverse(name, args=[small.slug]))
    with django_assert_num_queries(len(few)):
        page = client.get(reverse(name, args=[large.slug]))
    assert "part59" in page.text


def test_the_topology_says_states_pending_changes_and_who_is_at_work(
    team: Team, client_of: SignIn, operator: User
) -> None:
    target = TargetFactory.create(team=team)
    desired = added(changed(without(WEB_AND_DB, "db"), "web", depends_on=None), redis={"image": "redis:7.4"})
    shop = application(desired, applied=WEB_AND_DB, team=team, target=target, slug="shop", name="Shop")
    Observation.objects.create(component=shop.components.get(key="web"), present=True, health=State.HEALTHY)
    page = client_of(operator).get(reverse("apps:topology", args=["shop"])).text
    for text in ("redis:7.4", "Not applied", "Removal pending", "Healthy, change not applied", "Not applied yet: db"):
        assert text in page
    assert reverse("upgrades:changes", args=["shop"]) in page
    Busy.objects.create(application=shop, record_id=1, label="Upgrade 1.0 → 1.1", url="/upgrades/1/", by="ada")
    page = client_of(operator).get(reverse("apps:topology", args=["shop"])).text
    assert "Upgrade 1.0 → 1.1, begun by ada" in page


def test_the_topology_shows_images_rendered(shop: Application, client_of: SignIn, viewer: User) -> None:
    page = client_of(viewer).get(reverse("apps:topology", args=["shop"])).text
    assert "web:1.0" in page
    assert "WEB_IMAGE" not in page


def test_a_change_that_is_not_applied_is_amber_and_shows_both_images(
    team: Team, client_of: SignIn, viewer: User
) -> None:
    running = changed(WEB_AND_DB, "db", image="ghcr.io/shop/db:1.0")
    shop = application(
        changed(WEB_AND_DB, "db", image="ghcr.io/shop/db:1.0-hotfix"),
        applied=running, team=team, target=TargetFactory.create(team=team), slug="shop", name="Shop",
    )  # fmt: skip
    db = shop.components.get(key="db")
    Observation.objects.create(component=db, present=True, health=State.WRITTEN)
    page = client_of(viewer).get(shop.get_absolute_url())
    line = next(line for line in page.context["lines"] if line.key == "db")
    assert (line.state.word, line.state.tone, line.state.symbol) == ("Written, change not applied", "warn", "~")
    assert line.tag == "db:1.0 → 1.0-hotfix"
    assert "ghcr.io/shop/db:1.0-hotfix, not applied" in page.text
    page = client_of(viewer).get(db.get_absolute_url())
    assert "<code>ghcr.io/shop/db:1.0</code> → <code>ghcr.io/shop/db:1.0-hotfix</code>, not applied" in page.text


def test_a_value_that_is_not_applied_makes_its_component_pending(team: Team, client_of: SignIn, viewer: User) -> None:
    shop = application(WEB_AND_DB, applied=WEB_AND_DB, team=team, target=TargetFactory.create(team=team), slug="shop")
    for row in shop.components.all():
        Observation.objects.create(component=row, present=True, health=State.UNHEALTHY)
    Value.objects.create(application=shop, name="WORKERS", desired="9")
    lines = {line.key: line.state for line in client_of(viewer).get(shop.get_absolute_url()).context["lines"]}
    assert (lines["web"].pending, lines["web"].tone) == (True, "bad")
    assert not lines["db"].pending
    web = client_of(viewer).get(shop.components.get(key="web").get_absolute_url())
    assert [(line.label, line.before, line.after) for line in web.context["pending"].lines] == [
        ("Environment WORKERS", "2", "9")
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("redis:7", "redis:8", "redis:7 → 8"),
        ("ghcr.io/getsentry/sentry:24.6", "ghcr.io/getsentry/sentry:25.6@sha256:abc", "sentry:24.6 → 25.6"),
        ("redis:7", "valkey:8", "redis:7 → valkey:8"),
        ("a/web:1", "b/web:1", "a/web:1 → b/web:1"),
        ("localhost:5000/web", "localhost:5000/web:1", "web → web:1"),
    ],
)
def test_two_images_in_one_line(before: str, after: str, said: str) -> None:
    assert moved_tag(before, after) == said


def test_what_the_version_brought_is_marked(team: Team, client_of: SignIn, viewer: User) -> None:
    old = TemplateVersionFactory.create(version="1.0")
    complete = added(WEB_AND_DB, redis={"image": "redis:7.4"})
    new = TemplateVersionFactory.create(version="1.1", template=old.template, spec=complete)
    copy = application(complete, applied=complete, team=team, target=TargetFactory.create(team=team))
    installation = Installation.objects.create(application=copy, template=old.template, version=new)
    for row in copy.components.all():
        Origin.objects.create(installation=installation, template_key=row.key, version=new, component=row)
    lines = client_of(viewer).get(copy.get_absolute_url()).context["lines"]
    assert {line.key: line.mark for line in lines if line.mark} == {"redis": "new in 1.1"}


def test_an_empty_application_says_what_to_do(team: Team, client_of: SignIn, operator: User, viewer: User) -> None:
    url = ApplicationFactory.create(team=team).get_absolute_url()
    assert "Add the first one" in client_of(operator).get(url).text
    assert "An operator of its team can add them" in client_of(viewer).get(url).text


def test_what_does_not_hold_together_is_said_with_its_place(team: Team, client_of: SignIn, viewer: User) -> None:
    broken = application(changed(WEB_AND_DB, "web", depends_on={"cache": {}}), team=team)
    page = client_of(viewer).get(broken.get_absolute_url()).text
    assert "there is no component cache" in page


def test_a_component_in_full(team: Team, client_of: SignIn, viewer: User) -> None:
    version = TemplateVersionFactory.create(version="1.0")
    mine = changed(WEB_AND_DB, "web", env={"LOG_LEVEL": "debug", "WORKERS": "${WORKERS}"})
    shop = application(mine, applied=WEB_AND_DB, team=team, target=TargetFactory.create(team=team), slug="shop")
    installation = Installation.objects.create(application=shop, template=version.template, version=version)
    web = shop.components.get(key="web")
    Origin.objects.create(installation=installation, template_key="web", version=version, component=web)
    page = client_of(viewer).get(web.get_absolute_url())
    assert [line.symbol for line in page.context["local"].lines] == ["−", "+", "−"]
    assert "Changed here" in page.text
    assert "Not applied yet" in page.text
    assert "8080" in page.text


def test_no_secret_value_is_on_any_page(shop: Application, client_of: SignIn, operator: User) -> None:
    Value.objects.create(application=shop, name="DB_PASSWORD", secret=True, desired="hunter2-very-secret")
    client = client_of(operator)
    urls = [reverse(name, args=["shop"]) for name in (*LOOKING, *EDITING)]
    urls += [reverse(name, args=["shop", "web"]) for name in ("apps:component", "apps:component-edit")]
    for url in urls:
        assert "hunter2" not in client.get(url).text, url
