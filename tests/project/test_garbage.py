"""What a web process loaded is not searched again for garbage while somebody waits."""

import gc
from collections.abc import Iterator

import pytest

from marketplace.project import garbage


@pytest.fixture
def as_it_was() -> Iterator[None]:
    numbers = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*numbers)


def test_what_is_loaded_is_left_out_of_every_later_search(as_it_was: None) -> None:
    before = len(gc.get_objects())
    garbage.settle()
    assert gc.get_freeze_count() > before / 2
    assert len(gc.get_objects()) < before / 10
    assert gc.get_threshold()[0] == garbage.YOUNG
