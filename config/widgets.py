"""Inputs of our own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, override

from django import forms


class Offering(forms.TextInput):
    """A text that may be anything, with what is known already offered while one types; `offered` is set by the form."""

    template_name = "shell/offering.html"
    offered: Iterable[str] = ()

    @override
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        found = super().get_context(name, value, attrs)
        found["widget"]["attrs"]["list"] = f"{name}-offered"
        return {**found, "offered": self.offered}
