# syntax=docker/dockerfile:1
# One image for the web, the worker and the migration; the command says which.

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/app.lock /tmp/app.lock
# Only what the lock names, with the content it names; wheels only, so nothing is compiled here.
RUN python -m venv /opt/choicebook \
    && /opt/choicebook/bin/pip install --require-hashes --only-binary :all: -r /tmp/app.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/choicebook/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=marketplace.project.settings \
    STATIC_ROOT=/srv/choicebook/static MEDIA_ROOT=/srv/choicebook/media
RUN useradd --system --uid 10001 --home-dir /srv/choicebook --shell /usr/sbin/nologin choicebook
WORKDIR /srv/choicebook
COPY --from=packages /opt/choicebook /opt/choicebook
COPY manage.py CHANGELOG.md LICENSE ./
COPY marketplace marketplace
COPY bids bids
COPY ledger ledger
COPY api api
COPY frontend frontend
# Collecting needs settings, not secrets: these values go no further than this line.
RUN mkdir -p media && chown choicebook media \
    && DATABASE_URL=postgresql://build/build SITE_URL=https://build.invalid SECRET_KEY=build \
       BID_SEAL_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
       RECEIPT_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
       LOG_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
       python manage.py collectstatic --noinput -v0 --skip-checks
USER choicebook
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", \
     "marketplace.project.wsgi:application"]
