"""The temperature of a customer, drawn."""

from itertools import groupby

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.stages import STAGES
from desk.temperature import Temperature
from office.plots import pair

APART = 0.16  # of the width: labels nearer to each other would touch


def temperature_plot(found: Temperature) -> SafeString:
    """Return both curves, week by week; below them each stage stands once where it begins, as far as there is room."""
    labels, last = [""] * len(found.points), -1.0
    place = 0
    for stage, rows in groupby(found.points, lambda point: point.stage):
        count = len(list(rows))
        middle = place + count // 2
        if middle / len(labels) - last >= APART:
            labels[middle], last = _(STAGES[stage]), middle / len(labels)
        place += count
    return pair(
        labels, [point.theirs for point in found.points], [point.ours for point in found.points], found.apart,
        _("Temperature by week: the customer's and ours"), (_("Customer"), _("What we do")),
    )  # fmt: skip
