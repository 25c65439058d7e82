"""What comes by mail, and when."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.bodies import Strict
from api.resource import Asked, Resource, operation
from marketplace.mailing import CHOOSABLE, WAYS, choose_mailing, mailing_of


class _Way(serializers.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(choices=WAYS, **options)


class MailingBody(Strict):
    """What a topic is mailed as from now on; what is left out stays as it is."""

    waiting = _Way(required=False)
    work = _Way(required=False)
    money = _Way(required=False)
    company = _Way(required=False)
    digest_hour = serializers.IntegerField(min_value=0, max_value=23, required=False)


class MailingOut(serializers.Serializer[Any]):
    """Each topic: at once (`now`), once a day (`daily`) or not by mail (`never`)."""

    waiting = _Way()
    work = _Way()
    money = _Way()
    company = _Way()
    digest_hour = serializers.IntegerField(min_value=0, max_value=23)


class OwnMailing(Resource):
    """/me/mailing/"""

    @operation("Read what comes by mail", scope="jobs:read", answers=MailingOut)
    def get(self, asked: Asked) -> Any:
        """By topic. What binds you, or runs out, always comes at once."""
        return mailing_of(actor=asked.actor)

    @operation(
        "Choose what comes by mail", scope="company:write", body=MailingBody, answers=MailingOut
    )
    def put(self, asked: Asked) -> Any:
        """For yourself. All you are told stands in your notices, whatever you choose."""
        hour = asked.body.get("digest_hour")
        ways = {str(topic): asked.body[topic] for topic in CHOOSABLE if topic in asked.body}
        return choose_mailing(actor=asked.actor, mailings=ways, digest_hour=hour)
