"""The database's tables are brought up to date where the database is our own."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.errors import OperationRefused


def migrate_embedded_database(say: Callable[[str], None]) -> None:
    """Migrates our own database; another's is migrated by whoever runs it. Raises Refused where that is to be done."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not pending:
        return
    if not settings.EMBEDDED_DATABASE:
        raise OperationRefused(f"The database needs {len(pending)} migrations. Run manage.py migrate.")
    say(f"Migrating the database: {len(pending)} migrations")
    call_command("migrate", verbosity=0, interactive=False)
