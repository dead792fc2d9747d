import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def verify_and_get_application() -> WSGIHandler:
    """The application, which does not start on a database that was sealed with another key."""
    wsgihandler = get_wsgi_application()
    from config.accounts.sealing.key_verification import verify_key_on_first_request

    verify_key_on_first_request()
    return wsgihandler


application = verify_and_get_application()
