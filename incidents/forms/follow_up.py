"""Follow-up: how, with whom, how they took it."""

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleaguesField, ContactsField, PaperForm, line, moment, one_of, sentences
from incidents.forms.visit import REACTIONS
from incidents.steps.follow_up import FollowUp

HOW = [("phone", _("By telephone")), ("visit", _("By a visit")), ("mail", _("By mail"))]


class FollowUpForm(PaperForm):
    """The paper of one contact."""

    paper = FollowUp
    folded = ("promise_what", "promise_by", "attendees")
    repeats = True

    how = one_of(HOW, _("How"), required=True)
    to = ContactsField(label=_("Whom we reached"), required=False)
    reaction = one_of(REACTIONS, _("How the customer took it"), required=True)
    words = sentences(_("The customer's words"), help_text=_("As they were said."))
    promise_what = line(_("The next promise"), limit=300)
    promise_by = moment(_("By when"))
    attendees = ColleaguesField(label=_("Who of us went"), required=False)
