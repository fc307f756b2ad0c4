"""First apology: whom we reached, how, what we said, what they said."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactsField, PaperForm, line, moment, one_of, sentences
from incidents.phrasebank import OWN_USE
from incidents.steps.first_apology import FirstApology

HOW = [("phone", _("By telephone")), ("call_in", _("Called in"))]


class FirstApologyForm(PaperForm):
    """The paper of the first apology."""

    paper = FirstApology
    folded: tuple[str, ...] = ("said", "promise_what", "promise_by")

    how = one_of(HOW, _("How"), required=True)
    to = ContactsField(label=_("Whom we reached"), required=False)
    said = sentences(_("What we told them"), rows=3)
    words = sentences(_("The customer's words"), help_text=_("As they were said."))
    promise_what = line(_("What we promised"), limit=300)
    promise_by = moment(_("By when"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.setting.step in OWN_USE:  # phrases stand beside it: what is tapped must be in sight
            self.folded = ("promise_what", "promise_by")
