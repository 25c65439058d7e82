"""
The key that wraps all others: which one this marketplace seals with, and how it is changed.

Rotation wraps every data key anew and leaves the envelopes alone. Meanwhile both keys read; when
nothing is left under the old one it is retired, and from then on the database refuses its seals.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import models, transaction

from bids import file_seals, seals
from bids.models.bids import Bid, BidDraft
from bids.models.files import BidFile, SealedFile, SealKey
from bids.models.panels import FinalOffer
from marketplace.refusals import Refusal

AT_ONCE = 200
SEALED: tuple[type[models.Model], ...] = (Bid, FinalOffer, BidDraft, SealedFile, BidFile)


class WrongKey(Refusal):
    """The process was given another key than the one that bids are sealed with."""

    code = "wrong_key"


class KeyLost(Refusal):
    """Something is wrapped by a key that is not at hand, or does not open."""

    code = "key_lost"


@transaction.atomic(savepoint=False)
def register_key(*, at: datetime) -> str:
    """
    Return the name of the key in use, and register it: the first one, or one that comes while
    the key before it is at hand. Called whenever a process starts.

    :raises WrongKey: bids here are sealed with a key that is not at hand, or this was retired.
    """
    name = seals.key_wrapper().name
    known = {key.name: key for key in SealKey.objects.all()}
    living = [key.name for key in known.values() if key.retired_at is None]
    is_retired = name in known and name not in living
    if is_retired or not all(seals.is_at_hand(one) for one in living):
        raise WrongKey(
            f"BID_SEAL_KEY is the key {name}; the bids here are sealed with {', '.join(living)}. "
            "Start with that key. To change it, give it in BID_SEAL_KEYS_BEFORE and run "
            "manage.py rotate_bid_keys: with a wrong key no bid could be opened."
        )
    SealKey.objects.get_or_create(name=name, defaults={"registered_at": at})
    return name


def rotate_keys(*, at: datetime) -> int:
    """
    Wrap every data key with the key in use, retire the others, and return how many were wrapped.
    Done by the owner of the tables; it may be stopped at any moment and run again.

    :raises WrongKey: as `register_key`.
    :raises KeyLost: a key does not open. Nothing is retired then; what was wrapped stays so.
    """
    name = register_key(at=at)
    done = 0
    for model in SEALED:
        waiting = _all(model).exclude(key_name=name)
        while chunk := list(waiting.values_list("pk", flat=True)[:AT_ONCE]):
            for pk in chunk:
                _rewrap(model, pk)
            done += len(chunk)
    retire_keys(at=at)
    return done


@transaction.atomic(savepoint=False)
def retire_keys(*, at: datetime) -> None:
    """Retire every key but the one in use. :raises KeyLost: something is still wrapped by one."""
    name = seals.key_wrapper().name
    if any(wrapped_by_others(name)):
        raise KeyLost("Something was sealed with the old key meanwhile. Run this again.")
    SealKey.objects.filter(retired_at=None).exclude(name=name).update(retired_at=at)


def wrapped_by_others(name: str) -> Iterator[bool]:
    """Tell table by table whether something is wrapped by another key."""
    for model in SEALED:
        yield _all(model).exclude(key_name=name).exists()


def _all(model: type[models.Model]) -> models.QuerySet[Any]:
    return models.QuerySet(model)


@transaction.atomic(savepoint=False)
def _rewrap(model: type[models.Model], pk: Any) -> None:
    row: Any = _all(model).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        return  # a draft that was thrown away meanwhile
    try:
        if isinstance(row, Bid | FinalOffer):
            (row.quality_key, row.price_key), row.key_name = seals.rewrapped(row)
            row.save(update_fields=["quality_key", "price_key", "key_name"])
            return
        if isinstance(row, BidDraft):
            (row.key,), row.key_name = seals.rewrapped(row)
        else:
            row.key, row.key_name = file_seals.rewrapped(row)
        row.save(update_fields=["key", "key_name"])
    except (seals.SealBroken, InvalidTag, ValueError) as wrong:
        raise KeyLost(f"{row} is wrapped by {row.key_name}, which does not open it.") from wrong
