"""What tests read from an application's rows."""

from typing import Any

from apps_app.models import Application


def held(application: Application, name: str) -> str:
    """The value that is wanted for a parameter."""
    value = application.values.get(name=name).desired
    assert value is not None, f"{name} has no value"
    return value.reveal()


def all_held(application: Application) -> dict[str, str]:
    return {row.name: held(application, row.name) for row in application.values.all()}


def wanted(application: Application, key: str) -> dict[str, Any]:
    """The document that is wanted at `key`."""
    document = application.components.get(key=key).desired
    assert document is not None, f"{key} waits to be removed"
    return dict(document)
