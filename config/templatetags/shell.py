from datetime import UTC, datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.accounts.access.actor import Actor
from config.accounts.models import User
from config.relative import format_relative
from config.statuses import SYMBOL_CLASSES, SYMBOL_WORDS, TONE_ICONS, get_badge, is_in_progress

register = template.Library()

NAVIGATION = (
    ("Applications", "apps:list"),
    ("Catalogue", "templates:list"),
    ("Upgrades", "upgrades:list"),
    ("Targets", "apps:targets"),
)
DOTS = "••••••••"


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """One icon of the sprite; it says nothing to a screen reader, so put a word beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def badge(text: object, tone: str = "muted", icon_name: str = "") -> SafeString:
    """A word with a symbol: ``{% badge "Default" "info" %}``; tones are ok, info, warn, bad, muted."""
    return format_html(
        '<span class="badge {}">{}{}</span>',
        tone,
        icon(icon_name or TONE_ICONS.get(tone, "dot")),
        text,
    )


@register.simple_tag
def status(value: str, word: str = "") -> SafeString:
    """The badge of a status; every status there is has its look in ``config.statuses``."""
    shown = get_badge(value)
    spin = "spin" if is_in_progress(value) else ""
    return format_html(
        '<span class="badge {}">{}{}</span>',
        shown.tone,
        icon(shown.icon, spin),
        word or shown.label,
    )


@register.simple_tag
def status_icon(value: str) -> SafeString:
    return icon(get_badge(value).icon, "spin" if is_in_progress(value) else "")


@register.filter
def status_word(value: str) -> str:
    return get_badge(value).label


@register.filter
def status_tone(value: str) -> str:
    return get_badge(value).tone


@register.simple_tag
def symbol(value: str) -> SafeString:
    """The symbol of a change (+ ~ ± − =) with its word for who cannot see it."""
    text = str(value)
    return format_html(
        '<span class="symbol {}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        SYMBOL_CLASSES.get(text, "unchanged"),
        SYMBOL_WORDS.get(text, text),
        text,
        SYMBOL_WORDS.get(text, text),
    )


@register.simple_tag
def secret_dots(changed: bool = False) -> SafeString:
    return format_html(
        '<span class="secret-dots" aria-hidden="true">{}</span><span class="visually-hidden">secret</span>{}',
        DOTS,
        " changed" if changed else "",
    )


@register.simple_tag
def digest(value: str, length: int = 12) -> SafeString:
    """A digest or commit shortened, whole on hover."""
    if not value:
        return format_html('<span class="muted">–</span>')
    head, _, tail = value.rpartition(":")
    short = f"{head}:{tail[:length]}" if head else tail[:length]
    return format_html('<code class="digest" title="{}">{}</code>', value, short)


@register.simple_tag
def relative_time(moment: datetime | None, missing: str = "never") -> SafeString:
    """``3 minutes ago``, with the moment itself on hover."""
    if moment is None:
        return format_html('<span class="muted">{}</span>', missing)
    moment = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(timespec="seconds"),
        moment.strftime("%Y-%m-%d %H:%M:%S"),
        format_relative(moment, timezone.now()),
    )


@register.simple_tag
def clock_time(moment: datetime) -> SafeString:
    """The time of day, with the date on hover: for the lines of a log."""
    moment = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(timespec="milliseconds"),
        moment.strftime("%Y-%m-%d %H:%M:%S"),
        moment.strftime("%H:%M:%S"),
    )


@register.inclusion_tag("shell/sort_header.html", takes_context=True)
def sort_header(
    context: template.Context,
    field: str,
    label: str,
    target: str = "",
    number: bool = False,
    param: str = "sort",
) -> dict[str, Any]:
    """A sortable ``<th>``: a real link that sorts by ``field``, and the other way when it does already."""
    request: HttpRequest = context["request"]
    current = request.GET.get(param) or str(context.get("sort") or "")
    ascending, descending = current == field, current == f"-{field}"
    query = request.GET.copy()
    query[param] = f"-{field}" if ascending else field
    query.pop("page", None)
    return {
        "url": f"{request.path}?{query.urlencode()}",
        "label": label,
        "number": number,
        "target": target,
        "direction": "ascending" if ascending else "descending" if descending else "",
    }


@register.simple_block_tag
def empty_state(content: SafeString, icon_name: str, title: str) -> SafeString:
    """What a list says while it is empty; between the tags stands what to do next."""
    return render_to_string("shell/empty.html", {"icon": icon_name, "title": title, "body": content})


@register.simple_block_tag
def outcome(content: SafeString, tone: str, icon_name: str, title: str, *, spin: bool = False) -> SafeString:
    """How something stands, at the head of its card: a disc of that tone, the title, and between the tags the rest."""
    return format_html(
        '<span class="disc {}">{}</span><div class="text"><h2>{}</h2>{}</div>',
        tone,
        icon(icon_name, "spin" if spin else ""),
        title,
        content,
    )


@register.simple_block_tag
def crumbs(content: SafeString, current: str) -> SafeString:
    """The way down to a page that is more than one level deep; between the tags stand the levels above."""
    return render_to_string("shell/crumbs.html", {"above": content, "current": current})


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> list[dict[str, Any]]:
    """The entries of the top bar, with the one that is open marked."""
    path = context["request"].path if "request" in context else ""
    entries = []
    for label, name in NAVIGATION:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        entries.append({"label": label, "url": url, "current": path.startswith(url)})
    return entries


@register.simple_tag
def team_names(user: User) -> str:
    names = user.memberships.order_by("team__name").values_list("team__name", flat=True)
    return ", ".join(names)


@register.filter
def owns_a_team(user: User) -> bool:
    """Whether the audit trail is for this one's eyes."""
    return Actor.from_user(user).owns_a_team
