"""What a WSGI server (granian) serves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.project.settings")
os.environ.setdefault("DATABASE_ROLE", "web")

from django.core.wsgi import get_wsgi_application

from marketplace.project import checks, database, garbage

database.prepare()
application = get_wsgi_application()
checks.refuse_a_strong_role()
checks.refuse_a_wrong_key()
garbage.settle()
