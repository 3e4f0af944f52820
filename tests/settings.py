"""Settings of the tests: the product's own, without https and with quick passwords.

The database is brought up by tests/postgres.py when the first test asks for it, not here.
"""

import os

os.environ.pop("DATABASE_URL", None)  # never the one of this machine's environment
os.environ.update(
    DEBUG="False",
    SECRET_KEY="of-the-tests-" + "x" * 40,
    SECURE="False",
    SECOND_FACTOR="False",
    GALLERY="True",
)

from council_hms.settings import *  # noqa: F403, TID251

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
