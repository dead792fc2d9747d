import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps_app.topology import Node, lay_out_graph
from apps_app.topology.text import ELLIPSIS, Cut, measure_text, truncate_text, wrap_text


@pytest.mark.parametrize(
    ("cut", "shown"),
    [("end", "ghcr.io/…"), ("start", "…:1.27.3"), ("middle", "ghcr…7.3")],
)
def test_a_long_text_is_cut_where_asked(cut: Cut, shown: str) -> None:
    assert truncate_text("ghcr.io/acme/web:1.27.3", 60, 12, cut=cut) == shown


def test_a_text_that_fits_stays_whole() -> None:
    assert truncate_text("redis", 100, 12) == "redis"


def test_wide_letters_count_for_more() -> None:
    assert measure_text("数据库", 10) > 2 * measure_text("abc", 10) * 0.8
    assert measure_text("e\u0301", 10) == measure_text("e", 10)


@given(
    st.text(max_size=60),
    st.integers(20, 300),
    st.sampled_from(["start", "middle", "end"]),
)
def test_what_is_left_always_fits(text: str, width: int, cut: Cut) -> None:
    assert measure_text(truncate_text(text, width, 13, cut=cut), 13) <= width


def test_a_long_name_breaks_behind_a_separator() -> None:
    assert wrap_text("post-process-forwarder-errors", 140, 14) == (
        "post-process-",
        "forwarder-errors",
    )
    assert wrap_text("web", 140, 14) == ("web",)


@given(st.text(alphabet="ab-_W", min_size=1, max_size=80), st.integers(40, 200))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    lines = wrap_text(text, width, 14, bold=True)
    assert len(lines) <= 2
    assert all(measure_text(line, 14, bold=True) <= width for line in lines)


def test_cards_cut_texts_that_are_too_long_and_say_them_in_full() -> None:
    image = "registry.example.com/platform/team/service-with-a-long-name:2026.11.22"
    placed = lay_out_graph([Node("k", "verylongname" * 9, image, "written", mark="new in 1.1")], []).nodes[0]
    assert ELLIPSIS in placed.title[0]
    assert placed.subtitle.startswith(ELLIPSIS)
    assert placed.subtitle.endswith(":2026.11.22")
    assert image in placed.about
    assert 0 < placed.mark_x < placed.mark_x + placed.mark_width < placed.width
