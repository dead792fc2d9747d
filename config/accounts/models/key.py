"""A value sealed with this database's key, by which a wrong key is noticed at start."""

from django.db import models


class KeyCheck(models.Model):
    sealed = models.TextField()

    def __str__(self) -> str:
        return "key check"
