"""Who may do what around departments, providers and jobs."""

import pytest

from marketplace.permissions import (
    is_outsider,
    may_add_people,
    may_administer,
    may_answer_for,
    may_audit,
    may_draft_for,
    may_manage_money,
    may_manage_people_of,
    may_publish_for,
)
from marketplace.system import the_clock, the_importer

# Who says yes; everybody else of the cast must say no.
RULES = {
    "administer": (may_administer, "adam importer"),
    "manage money": (may_manage_money, "fin importer"),
    "audit": (may_audit, "ada"),
    "add people": (may_add_people, "adam gerd maya sam pia vera otto importer"),
    "outsider": (is_outsider, "vera otto"),
    "draft": (lambda a, c: may_draft_for(a, c.marketing), "rolf maya gerd importer"),
    "publish": (lambda a, c: may_publish_for(a, c.marketing), "maya gerd importer"),
    "answer": (lambda a, c: may_answer_for(a, c.marketing), "rolf maya gerd importer"),
    "people of a department": (
        lambda a, c: may_manage_people_of(a, c.marketing),
        "adam maya gerd importer",
    ),
    "people of a team": (
        lambda a, c: may_manage_people_of(a, c.events_team),
        "adam pia importer",
    ),
    "people of a vendor": (lambda a, c: may_manage_people_of(a, c.vera_co), "adam vera importer"),
}
EVERYBODY = "adam fin ada gerd maya rolf sam pia paul vera otto"


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_yes_to_these_and_no_to_everybody_else(cast, name):
    rule, yes = RULES[name]
    about = [cast] if rule.__name__ == "<lambda>" else []
    people = {who: getattr(cast, who) for who in EVERYBODY.split()}
    people |= {"clock": the_clock(), "importer": the_importer()}

    allowed = {who for who, actor in people.items() if rule(actor, *about)}

    assert allowed == set(yes.split())
