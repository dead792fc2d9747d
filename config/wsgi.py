import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def checked() -> WSGIHandler:
    """The application, which does not start on a database that was sealed with another key."""
    wsgihandler = get_wsgi_application()
    from config.accounts.sealing.key_verification import refuse_to_serve_with_wrong_key

    refuse_to_serve_with_wrong_key()
    return wsgihandler


application = checked()
