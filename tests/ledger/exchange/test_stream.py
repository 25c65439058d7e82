"""Files are read release by release, and as far as they can be."""

import gzip
import json
import tracemalloc

import pytest

from ledger.exchange.ocds.facts import Problem
from ledger.exchange.ocds.stream import releases

A, B = {"ocid": "a", "n": 1}, {"ocid": "b", "n": 2}


@pytest.fixture
def write(tmp_path):
    def write(content, name="package.json"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"uri": "x", "releases": [A, B], "version": "1.1"}),
        json.dumps({"releases": [A, B]}, indent=2),
        json.dumps([A, B]),
        f"{json.dumps(A)}\n{json.dumps(B)}\n",
        f"{json.dumps(A)}\n\n{json.dumps({'releases': [B]})}",
        json.dumps({"records": [{"ocid": "a", "compiledRelease": A}, {"releases": [B]}]}),
        "\ufeff" + json.dumps([A, B]),
        json.dumps(A) + json.dumps(B),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_every_shape_of_a_file_gives_its_releases(write, content, pack):
    assert list(releases(write(pack(content.encode())))) == [A, B]


def test_a_single_release_is_a_file_too(write):
    assert list(releases(write(json.dumps(A, indent=1)))) == [A]


def test_amounts_keep_every_digit(write):
    (found,) = releases(write('{"ocid": "a", "amount": 2138247.4100000000001}'))

    assert str(found["amount"]) == "2138247.4100000000001"


@pytest.mark.parametrize(
    ("content", "kept", "where"),
    [
        (b'{"releases": [{"ocid": "a", "n": 1}, {"ocid": "b", "n"', [A], "byte 54"),
        (b'{"ocid": "a", "n": 1}\n{"ocid": \n{"ocid": "b", "n": 2}\n', [A, B], "line 2"),
        (b'[{"ocid": "a", "n": 1}, 7, {"ocid": "b", "n": 2}]', [A, B], "item 1"),
        (gzip.compress(json.dumps([A, B]).encode(), mtime=0)[:-4], [A, B], "byte"),
        (b"\x1f\x8bnot gzip at all", [], "byte 0"),
        (b"\xff\xfe\x00", [], "byte"),
        (b"", [], "byte 0"),
        (b" \n ", [], "byte 0"),
        (b"[]", [], "/"),
        (b"12", [], "/"),
        (b"[" * 300_000, [], "byte"),
        (b'{"releases": [{"ocid": "a", "n": NaN}]}', [], "byte"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_the_rest_is_kept(
    write, content, kept, where
):
    found = list(releases(write(content)))

    assert [one for one in found if not isinstance(one, Problem)] == kept
    (problem,) = [one for one in found if isinstance(one, Problem)]
    assert problem.where.startswith(where)
    assert problem.why


def test_a_file_that_is_not_there_is_a_problem(tmp_path):
    (problem,) = releases(tmp_path / "missing.json")

    assert problem == Problem(
        None, "missing.json", "the file cannot be read: No such file or directory"
    )


def test_a_record_that_only_points_elsewhere_is_told(write):
    (problem,) = releases(write('{"records": [{"ocid": "q", "releases": [{"url": "x"}]}]}'))

    assert problem.ocid == "q"
    assert "points to releases elsewhere" in problem.why


def test_a_long_package_takes_the_memory_of_one_release(write):
    one = json.dumps({"ocid": "a", "text": "y" * 4000})
    path = write('{"releases": [' + ",\n".join([one] * 5000) + "]}")

    tracemalloc.start()
    count = sum(1 for _ in releases(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 5000
    assert peak < path.stat().st_size / 4
