"""What Stripe says in codes, in words: why a bank did not take a payment, what is still asked."""

from __future__ import annotations

from collections.abc import Iterable

FAILED = {
    "account_closed": "The bank account is closed.",
    "account_frozen": "The bank account is frozen.",
    "bank_account_restricted": "The bank account may not take such a payment.",
    "bank_ownership_changed": "The bank belongs to another one now: the account has a new number.",
    "could_not_process": "The bank could not work on it.",
    "declined": "The bank said no.",
    "incorrect_account_holder_name": "The account is in another name.",
    "incorrect_account_type": "The account is of another kind.",
    "invalid_account_number": "There is no bank account of this number.",
    "invalid_currency": "The bank account does not take this currency.",
    "no_account": "There is no such bank account.",
}
# By the beginning of Stripe's own name of what it asks, the most particular first.
ASKED = {
    "external_account": "A bank account to pay to.",
    "tos_acceptance": "A yes to Stripe's terms.",
    "business_": "What the company does.",
    "company": "What the company is, by its register.",
    "documents": "A document that proves it.",
    "individual": "Who the person is.",
    "owners": "Who owns and leads the company.",
    "directors": "Who owns and leads the company.",
    "executives": "Who owns and leads the company.",
    "representative": "Who owns and leads the company.",
    "person_": "Who owns and leads the company.",
    "settings": "Under which name it pays out.",
}
ELSE = "Something that Stripe names on its own page."


def why_failed(code: str) -> str:
    """Return why a bank did not take a payment; what we have no words for, as Stripe has it."""
    return FAILED.get(code, code)


def asked_in_words(due: Iterable[str]) -> tuple[str, ...]:
    """Return what Stripe still asks of a vendor, each once."""
    return tuple(dict.fromkeys(_asked(each) for each in due))


def _asked(name: str) -> str:
    return next((words for start, words in ASKED.items() if name.startswith(start)), ELSE)
