"""First apology: whom we reached, how, what they said."""

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactsField, PaperForm, line, moment, one_of, sentences
from incidents.steps.first_apology import FirstApology

HOW = [("phone", _("By telephone")), ("call_in", _("Called in"))]


class FirstApologyForm(PaperForm):
    """The paper of the first apology."""

    paper = FirstApology
    folded = ("promise_what", "promise_by")

    how = one_of(HOW, _("How"), required=True)
    to = ContactsField(label=_("Whom we reached"), required=False)
    words = sentences(_("The customer's words"), help_text=_("As they were said."))
    promise_what = line(_("What we promised"), limit=300)
    promise_by = moment(_("By when"))
