"""Who is here."""

from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import CLOCK_ID, IMPORTER_ID, Office, OfficeHeld, User
from marketplace.permissions import is_outsider, may_add_people
from marketplace.policies import state_standard_policy
from marketplace.refusals import Refusal, Unknown, require


class CompanyFounded(Refusal):
    """There are people already: new ones are added by those."""

    code = "company_founded"


class EmailTaken(Refusal):
    """Somebody has this e-mail address."""

    code = "email_taken"
    field = "email"


class AddressNotYours(Refusal):
    """A vendor adds its own people: for other addresses, the answer would tell who is here."""

    code = "address_not_yours"
    field = "email"


class EmailNotUsable(Refusal):
    """This is no e-mail address."""

    code = "email_not_usable"
    field = "email"


class NameMissing(Refusal):
    """A person needs a name that others know them by."""

    code = "name_missing"
    field = "name"


class PasswordTooWeak(Refusal):
    """The password could be guessed."""

    code = "password_too_weak"
    field = "password"


class NotALanguage(Refusal):
    """The pages are not written in it."""

    code = "not_a_language"
    field = "language"


class NotATimeZone(Refusal):
    """There is no such time zone."""

    code = "not_a_time_zone"
    field = "time_zone"


@transaction.atomic(savepoint=False)
def found_company(*, email: str, name: str, password: str, at: datetime) -> User:
    """
    Make the first person, its administrator, and state the standard policy.

    :raises CompanyFounded: there are people already.
    :raises EmailNotUsable, NameMissing, PasswordTooWeak: the rules say no.
    """
    # The clock's row is always there: locking it lets in one founder at a time.
    clock = User.objects.select_for_update().get(pk=CLOCK_ID)
    if User.objects.exclude(pk__in=[CLOCK_ID, IMPORTER_ID]).exists():
        raise CompanyFounded("There are people here already; ask an administrator to add you.")
    founder = make_person(email=email, name=name, password=password, at=at)
    OfficeHeld.objects.create(user=founder, office=Office.ADMINISTRATOR, since_at=at)
    record(clock, "company.founded", founder, at=at, audience=Audience.COMPANY)
    state_standard_policy(actor=founder, at=at)
    return founder


@transaction.atomic(savepoint=False)
def add_person(
    *, actor: User, email: str, name: str, at: datetime, password: str | None = None
) -> User:
    """
    Add a person. Without a password they can be named, but not sign in with one.

    :raises Forbidden: the actor neither administers nor leads anything.
    :raises AddressNotYours: a vendor's, who asks for an address of another domain.
    :raises EmailTaken, EmailNotUsable, NameMissing, PasswordTooWeak: the rules say no.
    """
    require(may_add_people(actor))
    if is_outsider(actor) and _domain(email) != _domain(actor.email):
        raise AddressNotYours(
            f"Add people whose address ends in @{_domain(actor.email)}. For others, ask an "
            "administrator of the house."
        )
    person = make_person(email=email, name=name, password=password, at=at)
    record(actor, "person.added", person, at=at, audience=Audience.COMPANY)
    return person


@transaction.atomic(savepoint=False)
def choose_reading(*, actor: User, language: str, time_zone: str) -> User:
    """
    Let the person read and be written to in a language, and in a time zone; empty is the house's.

    :raises NotALanguage, NotATimeZone: there is none such.
    """
    if language and language not in dict(settings.LANGUAGES):
        raise NotALanguage("Choose one of the languages that the pages are written in.")
    if time_zone and time_zone not in available_timezones():
        raise NotATimeZone(f"“{time_zone}” is no time zone; write it like Europe/Lisbon.")
    person = lock_person(actor.pk)
    person.language, person.time_zone = language, time_zone
    person.save(update_fields=["language", "time_zone"])
    return person


def lock_person(user_id: UUID) -> User:
    """Return an active person, locked. :raises Unknown: there is none."""
    try:
        return User.objects.select_for_update().get(pk=user_id, is_active=True)
    except User.DoesNotExist:
        raise Unknown("There is no such person.") from None


def _domain(email: str) -> str:
    return email.strip().rpartition("@")[2].lower()


def make_person(*, email: str, name: str, password: str | None, at: datetime) -> User:
    """
    Make a person, without a word in the record: whoever calls it records the act.

    :raises EmailTaken, EmailNotUsable, NameMissing, PasswordTooWeak: the rules say no.
    """
    email, name = email.strip(), name.strip()
    if not name or len(name) > 120:
        raise NameMissing("Give a name of 1 to 120 characters.")
    try:
        validate_email(email)
    except ValidationError:
        raise EmailNotUsable(f"“{email}” is not an e-mail address.") from None
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken("Somebody has this e-mail address already.")
    person = User(email=email, name=name, joined_at=at)
    if password is None:
        person.set_unusable_password()
    else:
        try:
            validate_password(password, person)
        except ValidationError as problem:
            raise PasswordTooWeak(" ".join(problem.messages)) from None
        person.set_password(password)
    person.save(force_insert=True)
    return person
