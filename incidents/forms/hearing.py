"""Hearing: neutral questions; what they say is noted, not judged."""

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactsField, PaperForm, line, moment, one_of, sentences
from incidents.steps.hearing import Hearing

SUB_CAUSES = [
    ("operation", _("A slip in operation")),
    ("other_use", _("Used in another way than meant")),
    ("assumption", _("Taken for granted")),
    ("open", _("Not known yet")),
]
SHARES = [
    ("explanation", _("We explained too little")),
    ("no_check_up", _("We did not look in")),
    ("papers", _("The papers were hard to follow")),
    ("none", _("None found")),
]


class HearingForm(PaperForm):
    """The paper of the hearing."""

    paper = Hearing
    folded = ("sub_cause", "promise_what", "promise_by")

    told = sentences(
        _("What the customer told us"), required=True,
        help_text=_("Since when, who, what was seen, what was expected. As they said it."),
    )  # fmt: skip
    wish = sentences(_("What the customer really wishes"), rows=2)
    our_share = one_of(SHARES, _("Our share"))
    to = ContactsField(label=_("Whom we heard"), required=False)
    sub_cause = one_of(SUB_CAUSES, _("How it came about"))
    promise_what = line(_("What we promised"), limit=300)
    promise_by = moment(_("By when"))
