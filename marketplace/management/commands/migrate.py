"""
`migrate` in a sixth of the time: a migration's step draws anew only the model that it changed.

Django draws all models again that a changed one is related to. Here everybody is related to whoever
acted, so each of several hundred steps drew half of the house, which took 95 % of the time. What a
new model, field, constraint or index asks of its neighbours (names of tables and keys) has not
changed. Whatever alters, renames or removes goes Django's way, and so does Python in a migration:
before it, all is drawn afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState

ADDING = ("add_model", "add_field", "_append_option", "_remove_option")


@contextmanager
def neighbours_stay() -> Iterator[None]:
    """Within, a state that something is added to draws that one model again, and no other."""
    kept = {name: getattr(ProjectState, name) for name in (*ADDING, "reload_model")}
    adding: set[int] = set()

    def marked(method: Callable[..., None]) -> Callable[..., None]:
        def marking(state: ProjectState, *words: Any, **named: Any) -> None:
            adding.add(id(state))
            try:
                method(state, *words, **named)
            finally:
                adding.discard(id(state))

        return marking

    def reload_model(state: Any, app: str, model: str, delay: bool = False) -> None:
        if id(state) not in adding:
            if not delay:  # a key or a name changes: whoever refers to it must see that
                state.clear_delayed_apps_cache()
            kept["reload_model"](state, app, model, delay)
        elif "apps" in state.__dict__:  # what nobody has asked for need not be drawn
            state.is_delayed = True  # Python in a migration sees all drawn afresh
            state._reload({(app, model)})  # noqa: SLF001 - nothing public draws one model alone

    for name in ADDING:
        setattr(ProjectState, name, marked(kept[name]))
    ProjectState.reload_model = reload_model  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        for name, method in kept.items():
            setattr(ProjectState, name, method)


class Command(migrate.Command):
    """Django's own, with the neighbours left as they are."""

    def handle(self, *words: Any, **options: Any) -> None:
        with neighbours_stay():
            super().handle(*words, **options)
