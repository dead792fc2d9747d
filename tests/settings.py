"""The project's settings for tests: a database cluster of this run's own, and quick password hashes."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

OF_TESTS = {"UPLIFT_CI", "UPLIFT_CHROMIUM", "UPLIFT_TEST_COMPOSE", "UPLIFT_TEST_DOCKER"}

if "PYTEST_XDIST_WORKER" not in os.environ:
    for name in [name for name in os.environ if name.startswith("UPLIFT_") and name not in OF_TESTS]:
        del os.environ[name]
    os.environ["UPLIFT_VAR"] = tempfile.mkdtemp(prefix="uplift-tests-")
    Path(os.environ["UPLIFT_VAR"]).chmod(0o755)  # the server may run as another OS user
    atexit.register(shutil.rmtree, os.environ["UPLIFT_VAR"], ignore_errors=True)
if os.environ.get("DATABASE_URL"):
    os.environ.setdefault("UPLIFT_SECRET_KEYS", "dXBsaWZ0LXRlc3RzLW9ubHktbm90LWEtc2VjcmV0LTE=")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

DATABASES["default"] |= {"CONN_MAX_AGE": 0, "DURABLE": False}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
