"""What ruff, mypy, import-linter, djlint and Django find in the code: nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rules import ROOT

BIN = Path(sys.executable).parent


def said(*words: str, cwd: Path = ROOT) -> tuple[int, str]:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


TOOLS = {
    "ruff": [str(BIN / "ruff"), "check", "--quiet", "."],
    "ruff's format": [str(BIN / "ruff"), "format", "--quiet", "--check", "."],
    "mypy": [str(BIN / "mypy")],
    "the import contract": [str(BIN / "lint-imports"), "--no-cache"],
    "djlint": [str(BIN / "djlint"), "--lint", "--quiet", "frontend/templates"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_finds_nothing(tool):
    code, output = said(*TOOLS[tool])

    assert code == 0, output[-4000:]


def test_the_models_are_migrated(committed):
    words = (sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")

    code, output = said(*words)

    assert code == 0, output[-2000:]


BAD = {
    "ruff": ("bad.py", "import os\n", ["ruff", "check", "--isolated"]),
    "ruff's format": ("bad.py", "x  =  1\n", ["ruff", "format", "--isolated", "--check"]),
    "mypy": ("bad.py", "def f(x):\n    return x\n", ["mypy", "--strict", "--config-file="]),
    "djlint": ("bad.html", "<img src='x'>\n", ["djlint", "--lint"]),
}


@pytest.mark.parametrize("tool", BAD)
def test_a_tool_notices_a_bad_file(tool, tmp_path):
    name, content, words = BAD[tool]
    (tmp_path / name).write_text(content)

    code, _ = said(str(BIN / words[0]), *words[1:], name, cwd=tmp_path)

    assert code != 0


def test_the_import_contract_notices_a_page_that_imports_a_model(tmp_path):
    for package in ("shop", "shop/models", "pages"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "pages" / "home.py").write_text("import shop.models\n")
    (tmp_path / "contract.toml").write_text(
        '[tool.importlinter]\nroot_packages = ["shop", "pages"]\n'
        '[[tool.importlinter.contracts]]\nname = "models"\ntype = "protected"\n'
        'protected_modules = ["shop.models"]\nallowed_importers = ["shop"]\n'
    )

    words = (str(BIN / "lint-imports"), "--config", "contract.toml", "--no-cache")
    code, output = said(*words, cwd=tmp_path)

    assert code == 1
    assert "pages.home -> shop.models" in output
