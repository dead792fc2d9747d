from django.db import models


class KeyVerification(models.Model):
    sealed = models.TextField()

    def __str__(self) -> str:
        return "key check"
