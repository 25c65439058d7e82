"""The departments by name alone, for whatever is chosen or narrowed by one."""

from uuid import UUID

from marketplace.asking import asked_once
from marketplace.models.departments import Department
from marketplace.models.people import User


@asked_once
def department_names(actor: User) -> list[tuple[UUID, str]]:
    """Return the id and name of each department that the person may see, by name."""
    found = Department.objects.visible_to(actor).order_by("name", "pk")
    return list(found.values_list("pk", "name"))
