"""The addresses of budgets in detail, of prices inside the company, and of the end of a year."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import IntConverter

from frontend.pages import budget_lines, house_rules, inside_prices, offers, outside, years
from frontend.tables import files


class YearConverter(IntConverter):
    """A year of this century."""

    regex = "20[0-9]{2}"


register_converter(YearConverter, "year")

urlpatterns: list[URLPattern] = [
    path("budgets/moves/", budget_lines.moves, name="budget-moves"),
    *files("budgets/moves", budget_lines.moves_csv, name="budget-moves"),
    path("budgets/moves/<uuid:move_id>/signature/", budget_lines.sign, name="budget-move-sign"),
    path("budgets/moves/<uuid:move_id>/decline/", budget_lines.decline, name="budget-move-decline"),
    path("budgets/<uuid:line_id>/", budget_lines.show, name="budget-line"),
    *files("budgets/<uuid:line_id>/history", budget_lines.show_csv, name="budget-line"),
    path("budgets/<uuid:line_id>/move/", budget_lines.move, name="budget-move"),
    path("outside-spend/", outside.show, name="outside-spend"),
    *files("outside-spend", outside.show_csv, name="outside-spend"),
    path("outside-spend/new/", outside.record, name="outside-spend-new"),
    path("finance/prices/", inside_prices.show, name="inside-prices"),
    path("finance/prices/rules/new/", inside_prices.rule, name="price-rule"),
    path("finance/prices/mode/", inside_prices.mode, name="charging-mode"),
    path("finance/rules/", house_rules.show, name="house-rules"),
    *files("finance/rules/rates", house_rules.rates_csv, name="rates"),
    path("finance/rules/rates/new/", house_rules.rate, name="rate-new"),
    path("finance/rules/limits/<slug:currency>/", house_rules.limit, name="limit-new"),
    path("finance/rules/offers/<slug:code>/", offers.offer, name="policy-offer"),
    path(
        "finance/rules/publishing/<uuid:department_id>/",
        offers.publishing_limit,
        name="publishing-limit",
    ),
    path("finance/rules/policies/<slug:code>/", house_rules.policy, name="policy-change"),
    path("finance/years/<year:year>/", years.show, name="year"),
    *files("finance/years/<year:year>/carry-forward", years.show_csv, name="year"),
    *files("finance/years/<year:year>/recoveries", years.recoveries_csv, name="recoveries"),
    path("finance/years/<year:year>/policy/", years.policy, name="year-policy"),
    path("finance/years/<year:year>/end/", years.end, name="year-end"),
    path("finance/years/<year:year>/recoveries/<uuid:team_id>/", years.settle, name="year-settle"),
]
