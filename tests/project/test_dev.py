"""The commands of the project refuse in plain words, and install only when they must."""

import importlib.util
import socket
import subprocess
import sys
from importlib.machinery import SourceFileLoader

import pytest

from tests.house.rules import ROOT


@pytest.fixture
def dev(monkeypatch, tmp_path):
    loader = SourceFileLoader("dev_of_the_house", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    # A checkout of its own, with a virtual environment that is only looked at.
    (tmp_path / "requirements").mkdir()
    for lock in ("app", "local", "dev"):
        (tmp_path / "requirements" / f"{lock}.lock").write_text(f"{lock} 1")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    module.VENV.mkdir()
    module.done = []
    monkeypatch.setattr(module, "run", lambda *words, **more: module.done.append(words))
    monkeypatch.setattr(module, "succeeds", lambda *words: True)
    return module


def said(*words):
    done = subprocess.run(
        [sys.executable, "dev", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_without_words_it_says_what_it_can_do():
    code, text = said()

    assert code == 2
    assert "./dev run" in text


def test_a_word_that_it_does_not_know_is_refused():
    code, text = said("run", "--prot", "9000")

    assert code == 1
    assert "does not know “--prot”" in text


def test_a_port_in_use_is_named_and_another_proposed():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, text = said("run", "--port", str(port))

    assert code == 1
    assert f"Port {port} cannot be used" in text
    assert f"--port {port + 1}" in text


def installed(dev):
    return [str(words[-1]).rsplit("/", 1)[-1] for words in dev.done if "install" in words]


def test_packages_are_installed_once(dev):
    dev.packages("local")
    dev.packages("local")

    assert installed(dev) == ["local.lock"]


def test_packages_are_installed_again_when_the_lock_changes(dev):
    dev.packages("local")
    (dev.ROOT / "requirements" / "local.lock").write_text("local 2")

    dev.packages("local")

    assert installed(dev) == ["local.lock", "local.lock"]


def test_the_tests_packages_hold_what_running_needs(dev):
    dev.packages("dev")
    dev.packages("local")

    assert installed(dev) == ["dev.lock"]


def test_a_developers_packages_are_brought_up_to_date_not_taken_away(dev):
    dev.packages("dev")
    for lock in ("local", "dev"):
        (dev.ROOT / "requirements" / f"{lock}.lock").write_text("newer")

    dev.packages("local")

    assert installed(dev) == ["dev.lock", "dev.lock"]


def test_an_interrupted_install_is_done_again(dev, monkeypatch):
    def interrupted(*words, **more):
        raise KeyboardInterrupt

    dev.packages("local")
    (dev.ROOT / "requirements" / "local.lock").write_text("local 2")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(dev, "run", interrupted)
        dev.packages("local")
    (dev.ROOT / "requirements" / "local.lock").write_text("local 1")

    dev.packages("local")

    assert installed(dev) == ["local.lock", "local.lock"]


def test_a_broken_virtual_environment_is_made_anew(dev, monkeypatch):
    monkeypatch.setattr(dev, "succeeds", lambda *words: "ensurepip" in str(words))

    dev.packages("app")

    assert any("--clear" in words for words in dev.done)


def test_without_venv_it_says_what_to_install(dev, monkeypatch):
    monkeypatch.setattr(dev, "succeeds", lambda *words: False)
    monkeypatch.setattr(dev, "apt", lambda *packages: False)

    with pytest.raises(SystemExit, match="python3-venv"):
        dev.packages("app")
