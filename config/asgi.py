import os

from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def verify_and_get_application() -> ASGIHandler:
    """The application, which does not start on a database that was sealed with another key."""
    asgihandler = get_asgi_application()
    from config.accounts.sealing.key_verification import verify_key_on_first_request

    verify_key_on_first_request()
    return asgihandler


application = verify_and_get_application()
