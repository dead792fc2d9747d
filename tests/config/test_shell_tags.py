"""The tags of the shell: what they write into a page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory

from config.relative import relative
from config.statuses import LOOKS, TONE_ICONS, look

NOW = datetime(2026, 11, 22, 10, 4, 31, tzinfo=UTC)


def rendered(source: str, path: str = "/apps/", **context: object) -> str:
    request = RequestFactory().get(path)
    return Template("{% load shell %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=119), "1 hour ago"),
        (timedelta(days=13), "1 week ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_a_moment_is_told_in_its_largest_whole_unit(ago: timedelta, words: str) -> None:
    assert relative(NOW - ago, NOW) == words


def test_a_time_shows_the_moment_in_utc_on_hover() -> None:
    moment = NOW.astimezone(tz=None)
    assert 'title="2026-11-22 10:04:31 UTC"' in rendered("{% relative_time moment %}", moment=moment)


def test_no_time_at_all_is_said_in_words() -> None:
    assert rendered('{% relative_time moment "not yet" %}', moment=None) == '<span class="muted">not yet</span>'


def test_a_status_is_a_tone_a_symbol_and_a_word() -> None:
    html = rendered("{% status value %}", value="rollback_failed")
    assert 'class="badge bad"' in html
    assert "icons.svg#alert" in html
    assert "Failed, not restored" in html


def test_only_what_moves_turns() -> None:
    assert "spin" in rendered("{% status 'rolling_back' %}")
    assert "spin" not in rendered("{% status 'rolled_back' %}")


def test_a_status_nobody_gave_a_look_keeps_its_word() -> None:
    assert look("half_baked").word == "Half baked"


def test_what_a_badge_says_is_escaped() -> None:
    assert "&lt;b&gt;" in rendered("{% badge value 'info' %}", value="<b>")


def test_a_digest_is_short_and_whole_on_hover() -> None:
    html = rendered("{% digest value %}", value="sha256:" + "ab" * 32)
    assert f'title="sha256:{"ab" * 32}"' in html
    assert ">sha256:abababababab<" in html


@pytest.mark.parametrize(
    ("path", "direction", "link"),
    [
        ("/apps/", "", "?sort=name"),
        ("/apps/?sort=name&page=3", "ascending", "?sort=-name"),
        ("/apps/?sort=-name", "descending", "?sort=name"),
        ("/apps/?sort=state&q=a+b", "", "?sort=name&amp;q=a+b"),
    ],
)
def test_a_header_sorts_and_sorts_back(path: str, direction: str, link: str) -> None:
    html = rendered('{% sort_header "name" "Name" %}', path)
    assert f'href="/apps/{link}"' in html
    assert (f'aria-sort="{direction}"' in html) if direction else ("aria-sort" not in html)


def test_a_live_header_asks_for_the_address_it_links_to() -> None:
    html = rendered('{% sort_header "name" "Name" target="#rows" %}')
    assert 'href="/apps/?sort=name"' in html
    assert 'hx-get="/apps/?sort=name"' in html
    assert 'hx-target="#rows"' in html


@pytest.mark.parametrize("symbol", ["+", "~", "±", "−", "="])
def test_every_symbol_of_a_change_has_its_word(symbol: str) -> None:
    html = rendered("{% symbol value %}", value=symbol)
    assert f'aria-hidden="true">{symbol}<' in html
    assert f'visually-hidden">{symbol}<' not in html


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    sprite = (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    requested = {shown.icon for shown in LOOKS.values()} | set(TONE_ICONS.values())
    for folder in ("config", "templates_app", "apps_app", "upgrades_app"):
        for page in (settings.BASE_DIR / folder).rglob("*.html"):
            requested |= set(re.findall(r"""{%\s*icon\s+["']([^"']+)["']""", page.read_text()))
            requested |= set(re.findall(r"""{%\s*outcome\s+\S+\s+"([^"]+)\"""", page.read_text()))
    assert requested <= drawn


def test_an_empty_state_says_what_to_do_next() -> None:
    html = rendered('{% empty_state "search" title %}<p>Begin.</p>{% endempty_state %}', title="No <b> here")
    assert "#search" in html
    assert "<h2>No &lt;b&gt; here</h2>" in html
    assert "<p>Begin.</p>" in html


def test_an_outcome_says_how_it_stands() -> None:
    html = rendered('{% outcome "ok" "check" title %}<p>Since today.</p>{% endoutcome %}', title="At <1.1>")
    assert '<span class="disc ok">' in html
    assert "<h2>At &lt;1.1&gt;</h2><p>Since today.</p></div>" in html
    assert "spin" not in html
    assert 'class="icon spin"' in rendered('{% outcome "info" "running" "At work" spin=True %}{% endoutcome %}')


def test_breadcrumbs_end_at_the_page() -> None:
    html = rendered('{% crumbs name %}<li><a href="/apps/">Applications</a></li>{% endcrumbs %}', name="a & b")
    above, current = html.split('<span aria-current="page">')
    assert '<a href="/apps/">Applications</a>' in above
    assert current.startswith("a &amp; b</span>")
