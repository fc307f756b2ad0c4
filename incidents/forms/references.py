"""The invoices, orders and deliveries an incident is about, named after the first report."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm, line
from incidents.naming import Numbers


class NumbersForm(PaperForm):
    """Their numbers."""

    paper = Numbers

    numbers = line(
        _("Numbers it is about"), limit=400, required=True,
        help_text=_("Of invoices, orders and deliveries, as many as you like, with a comma or a blank between them."),
    )  # fmt: skip
