import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails
from pytest_django import DjangoAssertNumQueries, Settings

from config.accounts.models import Team, User
from config.web import paginate, render_page, wants_fragment
from tests.conftest import SignedIn
from tests.factories import TeamFactory

PAGE = "<html>{% partialdef rows inline %}rows of {{ name }}{% endpartialdef %}</html>"


def asked(path: str = "/", **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]  # as the middleware does
    return request


@pytest.mark.parametrize(
    ("headers", "is_desired"),
    [
        ({}, False),
        ({"HX_Request": "true"}, True),
        ({"HX_Request": "true", "HX_Boosted": "true"}, False),
        ({"HX_Request": "true", "HX_History_Restore_Request": "true"}, False),
    ],
)
def test_a_fragment_is_for_htmx_alone(headers: dict[str, str], is_desired: bool) -> None:
    assert wants_fragment(asked(**headers)) is is_desired


class TestRenderPage:
    @pytest.fixture(autouse=True)
    def page(self, settings: Settings) -> None:
        loader = ("django.template.loaders.locmem.Loader", {"page.html": PAGE})
        settings.TEMPLATES = [
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [loader]}}
        ]

    def test_people_get_the_page(self) -> None:
        response = render_page(asked(), "page.html", {"name": "shop"}, fragment="rows")
        assert response.content == b"<html>rows of shop</html>"
        assert response["Vary"] == "HX-Request"

    def test_htmx_gets_the_fragment(self) -> None:
        response = render_page(asked(HX_Request="true"), "page.html", {"name": "shop"}, fragment="rows", status=422)
        assert response.content == b"rows of shop"
        assert response["Vary"] == "HX-Request"
        assert response.status_code == 422

    def test_a_page_without_fragments_does_not_vary(self) -> None:
        response = render_page(asked(HX_Request="true"), "page.html", {"name": "shop"})
        assert response.content == b"<html>rows of shop</html>"
        assert "Vary" not in response


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [3, 30])
def test_a_page_takes_two_queries(rows: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    TeamFactory.create_batch(rows)
    with django_assert_num_queries(2):
        assert len(paginate(asked("/?page=1"), Team.objects.all(), size=3)) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("asked_for", "number"), [("2", 2), ("99", 3), ("x", 1), ("-1", 3), ("", 1)])
def test_a_page_that_is_not_there_is_the_nearest(asked_for: str, number: int) -> None:
    TeamFactory.create_batch(4)  # and the first one, default
    assert paginate(asked(f"/?page={asked_for}"), Team.objects.order_by("pk"), size=2).number == number


@pytest.mark.django_db
class TestEveryAnswer:
    def test_health_needs_no_login(self, client: Client) -> None:
        response = client.get("/healthz")
        assert (response.status_code, response.content) == (200, b"ok\n")

    def test_the_policy_allows_nothing_inline(self, client: Client) -> None:
        policy = client.get("/login/")["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy

    def test_pages_need_a_login_and_lead_back(self, client: Client) -> None:
        response = client.get("/password/")
        assert (response.status_code, response["Location"]) == (302, "/login/?next=/password/")

    def test_logging_out_is_a_post(self, operator: User) -> None:
        client = SignedIn(operator)
        assert client.get("/logout/").status_code == 405
        assert client.post("/logout/").status_code == 302
        assert client.get("/password/").status_code == 302
