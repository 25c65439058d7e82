"""The files of a deployment agree with each other and with the settings."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from tests.house.rules import ROOT

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES = yaml.safe_load(COMPOSE)["services"]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
KNOWN = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE))

# Brotli at its best takes half a minute over all of it; that is looked at where there is time.
AS_SHIPPED = bool(os.environ.get("CI"))
COLLECT = f"""
import runpy, sys
import whitenoise.compress
if not {AS_SHIPPED}:
    whitenoise.compress.brotli_installed = False
sys.argv[0] = "manage.py"
runpy.run_path("manage.py", run_name="__main__")
"""


def test_every_name_that_compose_reads_is_explained():
    assert set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE)) <= KNOWN


def test_everything_that_is_explained_reaches_the_services():
    composed = {f"DATABASE{role}_URL" for role in ("", "_OWNER", "_WORKER", "_REPLAY")}

    assert set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE)) >= KNOWN - composed


def test_every_name_that_the_settings_read_is_explained():
    texts = [
        path.read_text(encoding="utf-8") for path in (ROOT / "marketplace/project").glob("*.py")
    ]
    read = set(re.findall(r"env_(?:str|bool|int|list|secret)\(\s*\"([A-Z_]+)\"", "".join(texts)))
    ours = {"DEBUG", "DATABASE_ROLE", "EMBEDDED_NAME", "STATIC_ROOT", "MEDIA_ROOT"}
    ours |= {"COLLECTED_STATIC", "SECURE_SSL_REDIRECT"}

    assert read - ours <= KNOWN
    assert len(read) > 20


def test_no_secret_is_written_down():
    secrets = re.findall(r"^(\w*(?:KEY|PASSWORD|TOKEN))=(.*)$", EXAMPLE, re.MULTILINE)

    assert secrets
    assert {value for _, value in secrets} == {""}
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name.endswith(("KEY", "PASSWORD", "TOKEN")):
                assert value.startswith("${"), name


@pytest.mark.parametrize("name", ["db", "web", "worker"])
def test_what_runs_for_long_restarts_and_is_watched(name):
    service = SERVICES[name]

    assert service["restart"] == "unless-stopped"
    # The web's is in the image.
    assert "healthcheck" in service or name == "web"
    assert name != "web" or "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_only_the_migration_knows_the_owner():
    knowing = {n for n, s in SERVICES.items() if "OWNER_PASSWORD" in str(s.get("environment"))}

    assert knowing == {"db", "migrate"}


def test_each_process_of_ours_is_confined():
    for name in ("web", "worker", "migrate"):
        service = SERVICES[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_the_image_runs_as_nobody_of_weight_and_installs_what_the_lock_says():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert text.rindex("\nUSER choicebook") > text.rindex("\nRUN ")
    assert "--require-hashes" in text


@pytest.mark.parametrize("lock", ["app", "local", "dev"])
def test_a_lock_names_contents_and_no_place_to_get_them(lock):
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")

    assert "http" not in text
    names = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE | re.IGNORECASE)
    assert len(names) > 50
    assert text.count("--hash=sha256:") >= len(names)


def test_the_locks_hold_what_the_project_declares():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "app": project["dependencies"],
        "local": project["dependencies"] + extras["local"],
        "dev": project["dependencies"] + extras["local"] + extras["dev"],
    }
    for lock, requirements in wanted.items():
        text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        names = {re.split(r"[\[<>=;]", line)[0].lower() for line in text.splitlines()}
        declared = {re.split(r"[\[<>=]", line)[0].lower() for line in requirements}
        assert declared - {"choicebook"} <= names


def test_the_version_is_the_newest_of_the_changelog(settings):
    newest = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]

    assert newest.startswith(settings.VERSION)


def test_what_browsers_fetch_can_be_collected(tmp_path):
    environment = os.environ | {"COLLECTED_STATIC": "yes", "STATIC_ROOT": str(tmp_path)}
    words = [sys.executable, "-c", COLLECT, "collectstatic", "--noinput", "-v0"]

    subprocess.run(words, cwd=ROOT, env=environment, check=True, capture_output=True)

    assert list(tmp_path.glob("frontend/choicebook.*.css"))
    assert (tmp_path / "staticfiles.json").exists()
    assert list(tmp_path.glob("frontend/choicebook.*.css.gz"))
    assert bool(list(tmp_path.glob("frontend/choicebook.*.css.br"))) == AS_SHIPPED
