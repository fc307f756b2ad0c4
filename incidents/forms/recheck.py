"""The replacement against the order, and its hand-over."""

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactsField, PaperForm, one_of, sentences
from incidents.forms.hand_over import HOW
from incidents.forms.lines import ticked
from incidents.steps.recheck import Recheck
from incidents.steps.replacement import Replacement

SAME = [("same", _("The same as ordered")), ("differs", _("It differs"))]


class RecheckForm(PaperForm):
    """The paper of the comparison before the hand-over."""

    paper = Recheck

    ordered = sentences(_("As ordered"), required=True, rows=2)
    delivered = sentences(_("What goes out now"), required=True, rows=2)
    product = one_of(SAME, _("The product"), required=True)
    quantity = one_of(SAME, _("The quantity"), required=True)
    accessory = one_of(SAME, _("The accessories"), required=True)
    difference = sentences(
        _("What still differs"), rows=2, help_text=_("The hand-over opens once everything is as ordered.")
    )


class ReplacementForm(PaperForm):
    """The paper of the hand-over."""

    paper = Replacement

    how = one_of(HOW, _("How"), required=True)
    to = ContactsField(label=_("To whom"), required=False)
    fitted = ticked(_("We fitted it"))
    words = sentences(_("The customer's words"), rows=2)
