import os

from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def checked() -> ASGIHandler:
    """The application, which does not start on a database that was sealed with another key."""
    asgihandler = get_asgi_application()
    from config.accounts.sealing.key_verification import refuse_to_serve_with_wrong_key

    refuse_to_serve_with_wrong_key()
    return asgihandler


application = checked()
