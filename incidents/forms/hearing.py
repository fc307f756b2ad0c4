"""Hearing: neutral questions; what they say is noted, not judged."""

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactsField, PaperForm, line, moment, one_of, sentences
from incidents.phrasebank import SUB_CAUSES
from incidents.steps.hearing import Hearing

SHARES = [
    ("explanation", _("We explained too little")),
    ("no_check_up", _("We did not look in")),
    ("papers", _("The papers were hard to follow")),
    ("none", _("None found")),
]


class HearingForm(PaperForm):
    """The paper of the hearing."""

    paper = Hearing
    folded = ("promise_what", "promise_by")

    told = sentences(
        _("What the customer told us"), required=True,
        help_text=_("Since when, who, what was seen, what was expected. As they said it."),
    )  # fmt: skip
    wish = sentences(_("What the customer really wishes"), rows=2)
    our_share = one_of(SHARES, _("Our share"))
    to = ContactsField(label=_("Whom we heard"), required=False)
    sub_cause = one_of(
        [(key, _(label)) for key, label in SUB_CAUSES.items()], _("How it came about"),
        help_text=_("Only once they were heard. It is counted, for questions that come again and for trainings."),
    )  # fmt: skip
    subject = line(_("Product or matter"), limit=60, help_text=_("As short as it stands in a catalogue."))
    said = sentences(_("What we told them"), rows=2)
    promise_what = line(_("What we promised"), limit=300)
    promise_by = moment(_("By when"))
