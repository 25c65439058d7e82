"""What an ASGI server serves. Nothing needs it yet; WSGI is the way this is run."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.project.settings")
os.environ.setdefault("DATABASE_ROLE", "web")

from django.core.asgi import get_asgi_application

from marketplace.project import checks, database

database.prepare()
application = get_asgi_application()
checks.refuse_a_strong_role()
checks.refuse_a_wrong_key()
