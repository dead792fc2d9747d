"""A Django database backend: PostgreSQL's own, which sees to the embedded server before it connects."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from config.database.cluster import SUPERUSER
from config.database.errors import DatabaseUnavailable
from config.database.server import EmbeddedServer, get_server


class DatabaseWrapper(base.DatabaseWrapper):
    """``FOLDER`` in the settings is where the server lives; ``DURABLE: False`` trades safety for speed."""

    @property
    def server(self) -> EmbeddedServer:
        durable = bool(self.settings_dict.get("DURABLE", True))
        return get_server(self.settings_dict["FOLDER"], durable=durable, grace=1.0 if durable else 0.0)

    def get_connection_params(self) -> dict[str, Any]:
        try:
            host = str(self.server.ensure())
        except DatabaseUnavailable as error:
            raise OperationalError(str(error)) from None
        self.settings_dict |= {"HOST": host, "USER": SUPERUSER}
        return super().get_connection_params()
