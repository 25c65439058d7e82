# ruff: noqa: T201 - figures are printed
"""
The same entry through django-hordak's own API, in an environment of its own.

    python hordak_apart.py HOST DATABASE CLIENTS SECONDS      prints entries a second
"""

import multiprocessing
import sys
from time import monotonic


def configure(host: str, name: str) -> None:
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="for the bench alone",
        INSTALLED_APPS=[
            *("django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"),
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": host,
                "NAME": name,
                "USER": "postgres",
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()


def work(client: int, seconds: float, answers) -> None:
    from django.db import connections, transaction
    from hordak.models import Account, Leg, Transaction
    from moneyed import Money

    connections.close_all()
    charge, owed, fee, earned = Account.objects.filter(code__startswith=f"{client:02}").order_by(
        "code"
    )

    def entry() -> None:
        with transaction.atomic():
            made = Transaction.objects.create(description="work accepted")
            Leg.objects.create(transaction=made, account=charge, debit=Money(1000, "EUR"))
            Leg.objects.create(transaction=made, account=owed, credit=Money(1000, "EUR"))
            Leg.objects.create(transaction=made, account=fee, debit=Money(20, "EUR"))
            Leg.objects.create(transaction=made, account=earned, credit=Money(20, "EUR"))

    entry()
    begun, done = monotonic(), 0
    while monotonic() < begun + seconds:
        entry()
        done += 1
    answers.put(done / (monotonic() - begun))


def main(host: str, name: str, clients: int, seconds: float) -> None:
    configure(host, name)
    from django.core.management import call_command
    from django.db import connections
    from hordak.models import Account, AccountType

    call_command("migrate", verbosity=0)
    for client in range(clients):
        for number, kind in enumerate(("expense", "liability", "expense", "income")):
            code = f"{client:02}{number}"
            if not Account.objects.filter(code=code).exists():
                Account.objects.create(
                    name=code, code=code, type=AccountType[kind], currencies=["EUR"]
                )
    connections.close_all()
    forking = multiprocessing.get_context("fork")
    answers = forking.Queue()
    workers = [
        forking.Process(target=work, args=(client, seconds, answers)) for client in range(clients)
    ]
    for worker in workers:
        worker.start()
    print(sum(answers.get() for _ in workers))
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
