"""How the controls of forms are drawn, where Django's own templates take too long."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates

# For each choice of a select Django's own ask for two more templates; a list of departments or
# time zones has hundreds.
OURS = {"django/forms/widgets/select.html": "frontend/widgets/select.html"}


class HouseRenderer(DjangoTemplates):
    """Draws as Django does, but for the controls that have a template of ours."""

    def get_template(self, template_name: str) -> Any:
        """Return the template of ours, or else Django's."""
        return super().get_template(OURS.get(template_name, template_name))
