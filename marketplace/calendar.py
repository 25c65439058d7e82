"""Days, and business days: Monday to Friday. Pure."""

from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)
SATURDAY = 5
REPLY_DAYS = 1  # business days until a first reply; the record shows whether it was kept


def begin_of(day: date) -> datetime:
    """Return the first moment of a day of the books, which go by UTC whoever reads them."""
    return datetime.combine(day, time.min, UTC)


def end_of(day: date) -> datetime:
    """Return the last moment of a day of the books. There is one of the last day of all, too."""
    return datetime.combine(day, time.max, UTC)


def is_business_day(day: date) -> bool:
    """Whether work is done on this day."""
    return day.weekday() < SATURDAY


def next_business_day(day: date) -> date:
    """Return the first business day after this day."""
    day += DAY
    while not is_business_day(day):
        day += DAY
    return day


def business_days_after(moment: datetime, days: int) -> datetime:
    """Return the same time of day, so many business days later."""
    for _ in range(days):
        moment += DAY
        while not is_business_day(moment.date()):
            moment += DAY
    return moment


def business_days_between(since: date, until: date) -> int:
    """Return how many business days come after `since`, up to and with `until`."""
    if until <= since:
        return 0
    weeks, rest = divmod((until - since).days, 7)
    return weeks * 5 + sum(is_business_day(until - DAY * back) for back in range(rest))


def reply_due_at(asked_at: datetime) -> datetime:
    """Return until when a first reply is promised: the same time, one business day later."""
    return business_days_after(asked_at, REPLY_DAYS)


def spoken(at: datetime) -> str:
    """Return a moment as a sentence says it: 2 December 2026, 12:00 UTC."""
    return at.astimezone(UTC).strftime("%-d %B %Y, %H:%M UTC")
