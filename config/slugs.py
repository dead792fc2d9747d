"""Slugs are global and say nothing of what others have: a clash gets a number."""

from collections.abc import Collection
from itertools import count

from django.db import models
from django.utils.text import slugify

LENGTH = 40


def find_free_slug(rows: models.QuerySet[models.Model], name: str, kind: str, reserved: Collection[str] = ()) -> str:
    """A slug that no row has: `shop`, else `shop-2`, `shop-3`, …; `kind` stands in for a name without letters."""
    stem = slugify(name).replace("_", "-")[:LENGTH].strip("-") or kind
    near = set(rows.filter(slug__startswith=stem[: LENGTH - 6]).values_list("slug", flat=True))
    near.update(reserved)
    if stem not in near:
        return stem
    return next(slug for number in count(2) if (slug := _add_number(stem, number)) not in near)


def _add_number(stem: str, number: int) -> str:
    ending = f"-{number}"
    return stem[: LENGTH - len(ending)].rstrip("-") + ending
