"""Hand-over of the letter: how and to whom."""

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactsField, PaperForm, one_of, sentences
from incidents.steps.hand_over import HandOver

HOW = [("handed", _("Handed over in person")), ("posted", _("Sent by post"))]


class HandOverForm(PaperForm):
    """The paper of the hand-over."""

    paper = HandOver

    how = one_of(HOW, _("How"), required=True)
    to = ContactsField(label=_("To whom"), required=False)
    words = sentences(_("The customer's words"), rows=2)
