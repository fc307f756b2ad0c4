"""How somebody wants to be met, and the calm page on which one notes what they say (practices 2-21, 2-22)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from customers.selectors import contacts_of
from incidents.forms.base import ContactField, PaperForm, line, moment, one_of, sentences
from incidents.leaves.listening import Listening, way_words
from incidents.orders import Said
from office.forms import choose_from
from office.templatetags.makoto import sama


class ListeningForm(PaperForm):
    """Whom it is about, and how they want to be met."""

    paper = Listening

    contact = forms.TypedChoiceField(label=_("Whom it is about"), coerce=int, widget=forms.RadioSelect)
    way = one_of(
        Contact.Listening.choices, _("How do they want to be met?"), required=True,
        help_text=_("Ask, or judge by how they speak. It is kept on the contact for next time."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "contact", lambda: [(pk, _known(contact)) for pk, contact in self.setting.contacts.items()])

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """Whom the first apology reached, else who decides; as they wanted it the last time."""
        people = list(contacts_of(page.incident.customer_id))
        reached = page.record.paper("first_apology").get("to", ())
        contact = next((one for one in people if one.pk in reached), people[0] if people else None)
        return {"contact": contact.pk, "way": contact.listening} if contact else {}


def _known(contact: Contact) -> str:
    """A person, with how they wanted to be met the last time."""
    name = str(sama(contact.called))
    if not contact.listening:
        return name
    return gettext("%(name)s (last time: %(way)s)") % {"name": name, "way": way_words(contact.listening)}


class ListeningNoteForm(PaperForm):
    """What was said, by whom and when: a large field and little else."""

    paper = Said

    text = sentences(_("What is said"), required=True, rows=14)
    who = ContactField(label=_("Who speaks"))
    name = line(_("Name"), limit=80, help_text=_("Only for somebody who is not on the list."))
    heard_at = moment(_("When"))

    def clean(self) -> dict[str, Any]:
        """Somebody speaks: of the list, or by name."""
        found = super().clean() or {}
        if not (found.get("who") or found.get("name")) and "who" not in self.errors:
            self.add_error("name", _("Please say who speaks."))
        return found

    def as_paper(self) -> dict[str, Any]:
        """The paper of a further report that is the customer's own words."""
        found, who = super().as_paper(), self.cleaned_data["who"]
        found.pop("who", None)
        name = found.pop("name", "")
        return {**found, "said_by": self.setting.contacts[who].called[:80] if who else name}

    def place_of(self, field: str) -> str | None:
        """What is wrong with the name stands beside it."""
        return "name" if field == "said_by" else super().place_of(field)
