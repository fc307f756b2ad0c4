"""請求の集計: five figures, each drawn and beside it the same as a table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from billing.selectors.figures import AHEAD, BEHIND, Age, Figures, OnTime, figures
from billing.selectors.inquiries import Answered
from office.http import viewer_of
from office.plots import Column, bars, columns, line
from office.templatetags.makoto import yen

MOST_DAYS = 7  # payment days that are drawn; the table holds all


def figures_page(request: HttpRequest) -> HttpResponse:
    """Show them."""
    found = figures(viewer_of(request))
    ahead = [row for row in found.expected if not row.past]
    past = [row for row in found.expected if row.past]
    last = next((row for row in reversed(found.on_time) if row.percent is not None), None)
    context = {
        "figures": found, "last": last, "behind": BEHIND, "span": AHEAD, **_plots(found),
        "replies": found.answered,
        "reply": next((row for row in reversed(found.answered) if row.percent is not None), None),
        "months": [(month_label(row), row) for row in found.on_time],
        "ages": [(age_label(age), age) for age in found.unbilled],
        "unbilled": (sum(age.count for age in found.unbilled), sum(age.yen for age in found.unbilled)),
        "ahead": sum(row.yen for row in ahead), "past": sum(row.yen for row in past),
        "errors": (sum(row.corrected for row in found.errors), sum(row.sent_back for row in found.errors)),
    }  # fmt: skip
    return render(request, "billing/figures.html", context)


def age_label(age: Age) -> str:
    """How long ago it was delivered, in words."""
    if age.last is None:
        return _("%(first)s days and more") % {"first": age.first}
    return _("%(first)s to %(last)s days") % {"first": age.first, "last": age.last}


def short_yen(amount: int) -> str:
    """A mark of the axis: 万円 from ten thousand on, 億円 from a hundred million on."""
    if amount >= 100_000_000:
        return _("%(amount)s hundred million yen") % {"amount": f"{amount / 100_000_000:,.10g}"}
    if amount >= 10_000:
        return _("%(amount)s ten thousand yen") % {"amount": f"{amount / 10_000:,.10g}"}
    return f"{amount:,}"


def month_label(row: OnTime | Answered) -> str:
    """6月."""
    return _("Month %(number)s") % {"number": row.month.month}


def _plots(found: Figures) -> dict[str, str]:
    """The drawings; none where there is nothing to draw."""
    ahead = [row for row in found.expected if not row.past][:MOST_DAYS]
    months = [(month_label(row), row.percent) for row in found.on_time]
    replies = [(month_label(row), row.percent) for row in found.answered]
    ages = [Column(age_label(age), [age.yen], yen(age.yen) if age.yen else "") for age in found.unbilled]
    days = [Column(f"{row.day.month}/{row.day.day}", [row.yen]) for row in ahead]
    people = [Column(row.customer.called, [row.corrected, row.sent_back]) for row in found.errors]
    return {
        "on_time_plot": line(
            months if any(value is not None for _label, value in months) else [], _("On time by month")
        ),
        "unbilled_plot": columns(ages if any(age.yen for age in found.unbilled) else [], _("Value by age"), short_yen),
        "expected_plot": columns(days, _("Expected by payment day"), short_yen),
        "answered_plot": line(
            replies if any(value is not None for _label, value in replies) else [], _("Answered in time by month")
        ),
        "errors_plot": bars(people, _("Corrected and sent back by customer")),
    }
