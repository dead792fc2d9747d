from django.db import models


class SignInAttempt(models.Model):
    """`name` is a keyed digest: people type passwords into the wrong field."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    name = models.CharField(max_length=64)
    address = models.CharField(max_length=50)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("name", "at"), name="attempt_name"),
            models.Index(fields=("address", "at"), name="attempt_address"),
        )

    def __str__(self) -> str:
        return f"from {self.address}"
