"""A shipped SQL file is never edited: the next file replaces the function."""

from tests.house.frozen import LIST, changed, fingerprints, listed


def test_shipped_sql_is_as_it_was_shipped():
    then = listed(LIST.read_text(encoding="utf-8"))

    # New file: `python -m tests.house.frozen`. Edited file: undo, and write the next one.
    assert changed(fingerprints(), then) == []


def test_an_edit_and_a_removal_and_an_unlisted_file_are_noticed():
    assert changed({"a.sql": "1"}, {"a.sql": "2"}) == ["a.sql"]
    assert changed({}, {"a.sql": "1"}) == ["a.sql"]
    assert changed({"a.sql": "1"}, {}) == ["a.sql"]


def test_each_way_up_has_a_way_down():
    names = set(fingerprints())
    ups = {name for name in names if name.endswith(".up.sql")}

    assert ups
    assert {name.replace(".up.sql", ".down.sql") for name in ups} == names - ups
