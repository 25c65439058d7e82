"""What the clock does, as periodic tasks of the one worker."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from marketplace.project.clock import database_now

log = structlog.stdlib.get_logger("choicebook.duties")


def run_duties(*, at: datetime, names: Sequence[str] | None = None) -> dict[str, dict[str, int]]:
    """
    Run every duty once, or those that are named, and return what each did.

    A duty calls verbs, and each verb owns its transaction: what one could not do is logged and
    tried again next time, and stops neither the rest of its own work nor another duty.
    """
    done: dict[str, dict[str, int]] = {}
    for name in settings.DUTIES if names is None else names:
        try:
            done[name] = import_string(name)(at=at)
        except Exception:  # whatever it was, the other duties must still be done
            log.exception("duty failed", duty=name)
            done[name] = {"failed": 1}
        else:
            if any(done[name].values()):
                log.info("duty", duty=name, **done[name])
    return done


@app.periodic(cron=f"* * * * * */{settings.DUTIES_EVERY_SECONDS}")
@app.task(queueing_lock="duties", lock="duties", pass_context=False)
def duties(timestamp: int) -> None:
    """The moment is the database's, not the one this was planned for: it may have waited."""
    run_duties(at=database_now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="long_duties", lock="long_duties", pass_context=False)
def long_duties(timestamp: int) -> None:
    """What may take a minute runs beside the others: no deadline waits for it."""
    run_duties(at=database_now(), names=settings.LONG_DUTIES)


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="outward_duties", lock="outward_duties", pass_context=False)
def outward_duties(timestamp: int) -> None:
    """What waits for other systems runs by itself, too: a slow one holds nobody up here."""
    run_duties(at=database_now(), names=settings.OUTWARD_DUTIES)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="polling_duties", lock="polling_duties", pass_context=False)
def polling_duties(timestamp: int) -> None:
    """Hundreds of accounts may be read again: nothing that was announced waits for them."""
    run_duties(at=database_now(), names=settings.POLLING_DUTIES)
