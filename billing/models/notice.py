"""Changes told ahead (変更のお知らせ): what changes from which day on, whom we told, and who
has acknowledged it (practice 3-09)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.bounces import reason_of
from billing.models.inquiry import Inquiry
from customers.models import Customer
from office.models import File

UNPRINTED = "print: "  # what the trouble begins with when no PDF could be made; what follows is a sentence


class ChangeNotice(models.Model):
    """One change, told to some customers. Who wrote it does not check it, like an invoice."""

    class Kind(models.TextChoices):
        PRICE = "price", _("Prices")
        FORMAT = "format", _("How our invoices look or arrive")
        BANK = "bank", _("The account to pay into")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        DRAFT = "draft", _("Notice being written")
        CHECKED = "checked", _("Notice checked")
        SENT = "sent", _("Notice sent")
        WITHDRAWN = "withdrawn", _("Notice withdrawn")

    number = models.CharField(max_length=20, unique=True)  # N26-0004
    key = models.CharField(max_length=120, unique=True)  # one tap, one notice: a repeated request changes nothing
    kind = models.CharField(max_length=6, choices=Kind)
    title = models.CharField(max_length=60)
    text = models.TextField()  # the paragraphs between the greeting and what we ask for
    changes = models.TextField(blank=True)  # under 記, as typed; empty: prices stand on the list, accounts below
    old_account = models.CharField(max_length=300, blank=True)  # as they were in our profile when it was written
    new_account = models.CharField(max_length=300, blank=True)
    effective_on = models.DateField()
    answer_by = models.DateField()  # until when we ask for an answer
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)  # what was read is what is checked
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")  # whose words they are
    makers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")  # whoever has written some of it
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    refused = models.CharField(max_length=200, blank=True)  # why it was sent back
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.CharField(max_length=200, blank=True)  # why

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(answer_by__lte=models.F("effective_on")), name="notice_answer_before"),
            models.CheckConstraint(
                condition=~Q(kind="bank") | ~Q(checked_by=models.F("changed_by")), name="notice_of_an_account_by_two"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class NoticeCopyQuerySet(models.QuerySet["NoticeCopy"]):
    """Adjectives of copies."""

    def out(self) -> "NoticeCopyQuerySet":
        """Return those of notices that went out and were not withdrawn."""
        return self.filter(notice__state=ChangeNotice.State.SENT)

    def unanswered(self) -> "NoticeCopyQuerySet":
        """Return those of notices in force the customer has not acknowledged."""
        return self.out().filter(acknowledged_at=None)


class NoticeCopy(models.Model):
    """One customer's copy: how it went out, and what the customer said to it."""

    class Way(models.TextChoices):
        MAIL = "mail", _("By mail")
        POST = "post", _("By post")
        TALK = "talk", _("In person")

    class State(models.TextChoices):
        CHOSEN = "chosen", _("Notice not sent yet")
        HELD = "held", _("In care: to be told in person")
        WAITING = "waiting", _("Notice being sent")
        POST = "post", _("Notice to be posted")
        SENT = "sent", _("Customer told")
        BOUNCED = "bounced", _("Notice came back")

    notice = models.ForeignKey(ChangeNotice, models.CASCADE, related_name="copies")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="notice_copies")
    state = models.CharField(max_length=7, choices=State, default=State.CHOSEN)
    way = models.CharField(max_length=4, choices=Way, blank=True)
    addresses = models.TextField(blank=True)  # e-mail, one a line
    paper = models.TextField(blank=True)  # the letter as it is printed, JSON; from sending on
    file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)  # how often it was put into the outbox
    queued_at = models.DateTimeField(null=True, blank=True)  # its mails stand in the outbox
    told_on = models.DateField(null=True, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    trouble = models.CharField(max_length=300, blank=True)  # what the mail server or the press said
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_way = models.CharField(max_length=5, choices=Inquiry.Way, blank=True)
    acknowledged_who = models.CharField(max_length=120, blank=True)  # at the customer's, without 様
    acknowledged_note = models.CharField(max_length=300, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    objection = models.ForeignKey(Inquiry, models.SET_NULL, null=True, blank=True, related_name="notice_copies")

    objects = NoticeCopyQuerySet.as_manager()

    class Meta:
        ordering = ["notice", "pk"]
        indexes = [
            # What the sweep looks at: few among many.
            models.Index(fields=["id"], condition=Q(acknowledged_at=None), name="notice_open"),
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "post", "bounced"]), name="notice_going_out"),
            models.Index(fields=["id"], condition=Q(file=None, trouble="") & ~Q(paper=""), name="notice_unprinted"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "customer"], name="notice_once_a_customer"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None) | (Q(noted_by__isnull=False) & ~Q(acknowledged_way="")),
                name="notice_acknowledged_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.customer_id}"

    @property
    def came_back(self) -> str:
        """Why it came back, in the reader's language; "" while it has not."""
        return self.trouble.removeprefix(UNPRINTED) if self.trouble.startswith(UNPRINTED) else reason_of(self.trouble)

    @property
    def emails(self) -> list[str]:
        """The e-mail addresses, one by one."""
        return self.addresses.split()

    def outbox_key(self, place: int) -> str:
        """The key of its mail of this try to the address in this place."""
        return f"notice:{self.pk}:{self.tries}:{place}"
