"""Notes that people wrote: escaped, with their lines, and live web addresses."""

import pytest

from config.templatetags.notes import notes

LINK = '<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nline\n\nTwo", "<p>One<br>line</p><p>Two</p>"),
        ("<script>x</script> & more", "<p>&lt;script&gt;x&lt;/script&gt; &amp; more</p>"),
        ("See https://a.example/b?c=1.", f"<p>See {LINK.format('https://a.example/b?c=1')}.</p>"),
        ("(http://a.example/b)", f"<p>({LINK.format('http://a.example/b')})</p>"),
        ("javascript:alert(1) ftp://a.example", "<p>javascript:alert(1) ftp://a.example</p>"),
        (
            'http://a.example/"><script>',
            f"<p>{LINK.format('http://a.example/')}&quot;&gt;&lt;script&gt;</p>",
        ),
        ("http://a.example/?a=1&b=2", f"<p>{LINK.format('http://a.example/?a=1&amp;b=2')}</p>"),
        ("", ""),
    ],
)
def test_notes(text: str, html: str) -> None:
    assert notes(text) == html
