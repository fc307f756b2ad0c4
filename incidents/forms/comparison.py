"""Order against delivery."""

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm, moment, one_of, sentences
from incidents.steps.comparison import Comparison

REMEDIES = [
    ("replace", _("Exchange it")),
    ("refund", _("Refund it")),
    ("remove", _("Take it off")),
    ("free_fitting", _("Fit the right one free of charge")),
    ("open", _("Not decided yet")),
]


class ComparisonForm(PaperForm):
    """The paper of the comparison."""

    paper = Comparison

    ordered = sentences(_("As ordered"), rows=2)
    delivered = sentences(_("As delivered"), rows=2)
    difference = sentences(_("What differs, and how it came about"), required=True, rows=2)
    remedy = one_of(REMEDIES, _("What the customer is entitled to"))
    ready_by = moment(_("Ready by"))
