"""What a web server calls."""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application

from council_hms.env import read_env_file

read_env_file(Path(__file__).resolve().parent.parent / ".env")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "council_hms.settings")
application = get_wsgi_application()
