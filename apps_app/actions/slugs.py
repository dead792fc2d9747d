"""Slugs are global and say nothing of what others have: a clash gets a number."""

from itertools import count

from django.utils.text import slugify

from apps_app.models import Application

LENGTH = 40
TAKEN_BY_PAGES = frozenset({"new", "import"})


def free_slug(name: str) -> str:
    """A free slug for an application of that name: `shop`, else `shop-2`, `shop-3`, …"""
    stem = slugify(name)[:LENGTH].strip("-_").replace("_", "-") or "application"
    near = set(Application.objects.filter(slug__startswith=stem[: LENGTH - 6]).values_list("slug", flat=True))
    near |= TAKEN_BY_PAGES
    if stem not in near:
        return stem
    return next(slug for number in count(2) if (slug := _numbered(stem, number)) not in near)


def _numbered(stem: str, number: int) -> str:
    ending = f"-{number}"
    return stem[: LENGTH - len(ending)].rstrip("-") + ending
