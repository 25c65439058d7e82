"""Who takes part in a release: everybody that it refers to stands in its `parties`, once."""

from __future__ import annotations

from typing import Any

from ledger.exchange.ocds.export.plain import Plain, reference
from marketplace.models.departments import Department
from marketplace.models.providers import Provider


class Parties:
    """The organisations of one release, written down as they are referred to."""

    def __init__(self) -> None:
        self.told: dict[str, Plain] = {}

    def department(self, department: Department, *roles: str) -> Plain:
        """Return a reference to a department, which plays these roles."""
        id = department.source_key or str(department.pk)
        house = {"kind": "department", "costCentre": department.cost_centre}
        return self._refer(id, department.name, house, roles)

    def provider(self, provider: Provider, *roles: str) -> Plain:
        """Return a reference to a team or a vendor; a team's department is told with it."""
        id = provider.source_key or str(provider.pk)
        house: Plain = {"kind": "vendor"}
        if provider.department is not None:
            home = self.department(provider.department, "teamDepartment")
            house = {"kind": "team", "department": home}
        return self._refer(id, provider.name, house, roles)

    def listed(self) -> list[Plain]:
        """Return the `parties` of the release."""
        return list(self.told.values())

    def _refer(self, id: str, name: str, house: Plain, roles: tuple[str, ...]) -> Plain:
        party = self.told.setdefault(id, {"id": id, "name": name, "roles": [], "choicebook": house})
        known: list[Any] = party["roles"]
        known += [role for role in roles if role not in known]
        return reference(id, name)
