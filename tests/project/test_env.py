"""What the environment says is taken as it is meant, or refused."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from marketplace.project.env import env_bool, env_int, env_list, env_secret, env_str
from marketplace.project.secrets import require_key


def test_a_text_without_default_must_be_set(monkeypatch):
    monkeypatch.setenv("SITE_URL", "")

    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        env_str("SITE_URL")
    assert env_str("SITE_URL", "x") == "x"


@pytest.mark.parametrize(("word", "meant"), [("yes", True), ("1", True), ("Off", False)])
def test_a_yes_or_no_is_understood(monkeypatch, word, meant):
    monkeypatch.setenv("DEBUG", word)

    assert env_bool("DEBUG", not meant) is meant


def test_a_word_that_is_neither_yes_nor_no_is_refused(monkeypatch):
    monkeypatch.setenv("DEBUG", "flase")

    with pytest.raises(ImproperlyConfigured, match="flase"):
        env_bool("DEBUG", False)


def test_a_number_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("EMAIL_PORT", "smtp")

    with pytest.raises(ImproperlyConfigured, match="smtp"):
        env_int("EMAIL_PORT", 587)


def test_a_list_is_cut_at_commas(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, b.example,")

    assert env_list("ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_a_secret_may_lie_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("quiet\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert env_secret("SECRET_KEY") == "quiet"


@pytest.mark.parametrize("content", [None, " \n"])
def test_a_secret_file_that_is_missing_or_empty_is_refused(monkeypatch, tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(path))

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
        env_secret("SECRET_KEY")


def test_a_secret_given_twice_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "one")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "other"))

    with pytest.raises(ImproperlyConfigured, match="not both"):
        env_secret("SECRET_KEY")


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "not base64!"])
def test_a_key_that_is_not_32_bytes_is_refused(key):
    with pytest.raises(ImproperlyConfigured, match="BID_SEAL_KEY"):
        require_key("BID_SEAL_KEY", key)
