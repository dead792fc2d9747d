from django.apps import apps
from django.db import connection, models, transaction

from config.accounts.models import KeyVerification
from config.accounts.sealing.sealed import SealedField, reseal


def rotate_keys() -> int:
    """The number of values sealed anew. Values that change meanwhile are sealed with the first key anyway."""
    return sum(_rotate_rows(table, column) for table, column in _list_columns())


def _list_columns() -> list[tuple[str, str]]:
    fields = [
        (model._meta.db_table, _rotate_column(model, field.name))
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedField)
    ]
    return [*fields, (KeyVerification._meta.db_table, _rotate_column(KeyVerification, "sealed"))]


def _rotate_column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]  # a concrete field


def _rotate_rows(table: str, column: str) -> int:
    quote = connection.ops.quote_name
    select = f"SELECT ctid::text, {quote(column)} FROM {quote(table)} WHERE {quote(column)} <> '' FOR UPDATE"  # noqa: S608  (our own names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(select)
        rows = cursor.fetchall()
        cursor.executemany(
            f"UPDATE {quote(table)} SET {quote(column)} = %s WHERE ctid = %s::tid",  # noqa: S608
            [(reseal(sealed), row) for row, sealed in rows],
        )
    return len(rows)
