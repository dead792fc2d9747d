"""A large topology: find in it, by words or by state, and choose how large it is."""

import pytest
from django.urls import reverse

from apps_app.drivers.base import State
from apps_app.models import Application, Observation
from apps_app.presenters.topology_filter import FEW
from config.accounts.models import Team, User
from tests.apps_app.views.test_pages import chain
from tests.conftest import SignedIn
from tests.factories import TargetFactory, application
from tests.specs import WEB_AND_DB

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(team: Team) -> Application:
    spec = chain(12)
    created = application(spec, applied=spec, team=team, target=TargetFactory.create(team=team), slug="large")
    created.components.update(applied_digest="d1")
    for row in created.components.all():
        health = State.UNHEALTHY if row.key in {"part3", "part7"} else State.HEALTHY
        Observation.objects.create(component=row, present=True, health=health, digest="d1")
    return created


def address(large: Application, query: str = "") -> str:
    return f"{large.get_absolute_url()}{query}"


def rows(page: str) -> int:
    return page.count('<tr class="row-link')


def test_found_components_stand_out_and_are_the_only_ones_in_the_table(large: Application, viewer: User) -> None:
    page = SignedIn(viewer).get(address(large, "?q=PART7")).content.decode()
    assert page.count("topology-faint") == 11
    assert rows(page) == 1
    assert "1 of 12 found." in page


def test_states_are_counted_and_lead_to_theirs(large: Application, viewer: User) -> None:
    page = SignedIn(viewer).get(address(large)).content.decode()
    assert "Healthy 10" in page
    assert "Unhealthy 2" in page
    assert "?q=Unhealthy" in page
    text = SignedIn(viewer).get(address(large, "?q=Unhealthy")).content.decode()
    assert rows(text) == 2


def test_a_state_is_not_found_in_the_word_of_another(large: Application, viewer: User) -> None:
    """Healthy is part of unhealthy: the link by state means the state."""
    assert rows(SignedIn(viewer).get(address(large, "?q=Healthy")).content.decode()) == 10


def test_the_size_asked_for_is_the_size_shown_and_stays_while_it_follows_the_target(
    large: Application, viewer: User
) -> None:
    page = SignedIn(viewer).get(address(large, "?zoom=50&q=part"))
    picture = page.context["picture"]
    assert f'width="{picture.width // 2}"' in page.content.decode()
    response = SignedIn(viewer).get(
        f"{reverse('apps:state', args=['large'])}?zoom=50&q=part7", headers={"HX-Request": "true"}
    )
    assert f'width="{response.context["picture"].width // 2}"' in response.content.decode()
    assert rows(response.content.decode()) == 1


@pytest.mark.parametrize("zoom", ["", "7", "x", "100000", "-50"])
def test_sizes_nobody_offers_are_the_whole_picture(large: Application, viewer: User, zoom: str) -> None:
    page = SignedIn(viewer).get(address(large, f"?zoom={zoom}"))
    assert f'width="{page.context["picture"].width}"' in page.content.decode()
    assert "topology-scaled" not in page.content.decode()


def test_few_components_need_no_tools(team: Team, viewer: User) -> None:
    created = application(WEB_AND_DB, team=team, slug="small")
    assert created.components.count() < FEW
    page = SignedIn(viewer).get(created.get_absolute_url()).content.decode()
    assert "Find components" not in page
