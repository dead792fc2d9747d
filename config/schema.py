"""The database's tables are brought up to date where the database is our own."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.errors import Refused


def bring_up_to_date(say: Callable[[str], None]) -> None:
    """Migrates our own database; another's is migrated by whoever runs it. Raises Refused where that is to be done."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not pending:
        return
    if not settings.EMBEDDED_DATABASE:
        raise Refused(f"The database lacks {len(pending)} migrations: run manage.py migrate first.")
    say(f"Bringing the database up to date: {len(pending)} migrations")
    call_command("migrate", verbosity=0, interactive=False)
