"""What customers ask about their invoices, and what we answered (practice 3-07)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from customers.models import Contact, Customer, Promise


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    """Adjectives of questions."""

    def open(self) -> "InquiryQuerySet":
        """Return those still to be answered."""
        return self.filter(answered_at=None)


class Inquiry(models.Model):
    """A question about billing. Until when it is answered, and by whom, is a promise in the ledger: one clock."""

    class Way(models.TextChoices):
        PHONE = "phone", _("By telephone")
        MAIL = "mail", _("By mail")
        TALK = "talk", _("In person")
        PAPER = "paper", _("By letter or fax")

    class Outcome(models.TextChoices):
        RIGHT = "right", _("Explained: nothing is to be corrected")
        CORRECT = "correct", _("The invoice is to be corrected")
        INCIDENT = "incident", _("It is worked on as an incident")
        RELEASED = "released", _("The customer no longer asks")

    number = models.CharField(max_length=20, unique=True)  # Q26-0012
    key = models.CharField(max_length=120, unique=True)  # one tap, one question: a repeated request changes nothing
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="inquiries")
    invoice = models.ForeignKey(Invoice, models.SET_NULL, null=True, blank=True, related_name="inquiries")
    asked = models.TextField()  # in the customer's words
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    asker = models.CharField(max_length=120, blank=True)  # who is not among the contacts: 経理課 山田
    way = models.CharField(max_length=5, choices=Way)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    promise = models.OneToOneField(Promise, models.PROTECT, related_name="inquiry")  # the one in force
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)
    answered_to = models.CharField(max_length=120, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_key = models.CharField(max_length=120, blank=True)  # as `key`, of the answer

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # What waits for an answer: few among many.
            models.Index(fields=["customer"], condition=Q(answered_at=None), name="inquiry_open"),
            # The figures: how fast the questions of the last months were answered.
            models.Index(fields=["noted_at"], name="inquiry_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="", answered_by=None)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(outcome="")),
                name="inquiry_answered_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def asker_called(self) -> str:
        """Who asked, without 様; empty when nobody was named."""
        return self.asker or (self.contact.called if self.contact else "")
