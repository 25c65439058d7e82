"""The company as files: its departments, its providers, its people."""

from __future__ import annotations

from ledger.reports.columns import Column, columns
from marketplace.directory import DepartmentFacts, PersonFacts, ProviderFacts

DEPARTMENT_COLUMNS: tuple[Column[DepartmentFacts], ...] = columns(
    "name",
    "cost_centre",
    "currency",
    "parent_name",
    heads=lambda row: ", ".join(row.heads),
)
PROVIDER_COLUMNS: tuple[Column[ProviderFacts], ...] = columns(
    "name",
    "is_in_house",
    "department_name",
    "admitted_at",
    "suspended_at",
    categories=lambda row: ", ".join(kind.code for kind in row.categories),
)
PERSON_COLUMNS: tuple[Column[PersonFacts], ...] = columns(
    "name",
    "email",
    "is_active",
    "joined_at",
    places=lambda row: ", ".join(f"{seat.name} ({seat.role})" for seat in row.seats),
    offices=lambda row: ", ".join(row.offices),
)
