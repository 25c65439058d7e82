"""The tree of the log is the one of RFC 6962: the known vectors, and any tree there could be."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.log import merkle

# The eight leaves of the test vectors that implementations of RFC 6962 share, and their roots.
INPUTS = [
    bytes.fromhex(text)
    for text in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

trees = st.integers(1, 300).map(lambda n: [sha256(b"%d" % i).digest() for i in range(n)])


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_shared_vectors(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1,
            5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_paths_are_those_of_the_shared_vectors(index, size, path):
    found = merkle.inclusion_path(LEAVES[:size], index)

    assert [hashed.hex() for hashed in found] == path


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_consistency_proofs_are_those_of_the_shared_vectors(old, size, path):
    found = merkle.consistency_path(LEAVES[:size], old)

    assert [hashed.hex() for hashed in found] == path


def definition(leaves: list[bytes]) -> bytes:
    """The tree as RFC 6962 writes it down, in section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    half = max(2**power for power in range(20) if 2**power < len(leaves))
    return sha256(b"\x01" + definition(leaves[:half]) + definition(leaves[half:])).digest()


@given(trees)
def test_the_root_is_what_the_definition_says(leaves):
    assert merkle.root(leaves) == definition(leaves)


@given(trees, st.data())
def test_every_leaf_is_proved_and_no_other_is(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) + 2))
    size, whole = len(leaves), merkle.root(leaves)
    path = merkle.inclusion_path(leaves, index)

    def proves(**changes):
        usual = {"leaf": leaves[index], "index": index, "size": size, "path": path, "root": whole}
        return merkle.verify_inclusion(**(usual | changes))

    assert proves()
    assert proves(index=other) == (other == index)
    assert not proves(leaf=b"\x00" * 32)
    assert not proves(root=b"\x00" * 32)
    assert not proves(path=[*path, whole])
    for at in range(len(path)):
        assert not proves(path=[*path[:at], *path[at + 1 :]])
        assert not proves(path=[*path[:at], b"\x01" * 32, *path[at + 1 :]])


@given(trees, st.data())
def test_a_tree_is_proved_to_begin_with_a_smaller_one_and_with_no_other(leaves, data):
    old_size = data.draw(st.integers(1, len(leaves)))
    path = merkle.consistency_path(leaves, old_size)
    usual = {
        "old_size": old_size,
        "old_root": merkle.root(leaves[:old_size]),
        "size": len(leaves),
        "root": merkle.root(leaves),
        "path": path,
    }

    def proves(**changes):
        return merkle.verify_consistency(**(usual | changes))

    assert proves()
    changed = [b"\x02" * 32, *leaves[1:]]
    assert not proves(old_root=merkle.root(changed[:old_size]))
    assert not proves(root=merkle.root([*leaves[:-1], b"\x02" * 32])) or old_size == 0
    assert not proves(path=[*path, usual["root"]])
    for at in range(len(path)):
        assert not proves(path=[*path[:at], *path[at + 1 :]])
        assert not proves(path=[*path[:at], b"\x01" * 32, *path[at + 1 :]])


def test_a_leaf_that_is_not_there_has_no_path():
    with pytest.raises(IndexError):
        merkle.inclusion_path(LEAVES, 8)
    with pytest.raises(IndexError):
        merkle.inclusion_path([], 0)
    with pytest.raises(IndexError):
        merkle.consistency_path(LEAVES, 9)
    with pytest.raises(IndexError):
        merkle.consistency_path(LEAVES, 0)


def test_nothing_is_proved_outside_the_tree():
    leaf = LEAVES[0]

    assert not merkle.verify_inclusion(leaf=leaf, index=0, size=0, path=[], root=leaf)
    assert not merkle.verify_inclusion(leaf=leaf, index=-1, size=1, path=[], root=leaf)
    assert not merkle.verify_consistency(old_size=0, old_root=leaf, size=1, root=leaf, path=[])
    assert not merkle.verify_consistency(old_size=2, old_root=leaf, size=1, root=leaf, path=[])
    assert not merkle.verify_consistency(old_size=1, old_root=leaf, size=2, root=leaf, path=[])
