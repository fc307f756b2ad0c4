"""The incident as a row: who is in charge, and the projection of its entries."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from office.models import Team


class State(models.TextChoices):
    """Words, section 4."""

    UNTRIAGED = "untriaged", _("Untriaged")
    OPEN = "open", _("In hand")
    AFTERCARE = "aftercare", _("Aftercare")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")
    VOID = "void", _("Void (logged by mistake)")
    MERGED = "merged", _("Merged into another incident")
    AT_REST = "at_rest", _("At rest")


LIVING = (State.UNTRIAGED, State.OPEN, State.AFTERCARE)
NOT_COUNTED = (State.VOID, State.WITHDRAWN, State.MERGED)  # no trouble of ours, or told elsewhere


class Severity(models.TextChoices):
    """Never leaves the house."""

    A = "A", _("A grave")
    B = "B", _("B medium")
    C = "C", _("C slight")


class Incident(models.Model):
    """One time we let a customer down. Written by `incidents.store` alone."""

    LONGEST_MACHINE = 80

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="incidents")
    summary = models.TextField()  # what happened, as the first report said it
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    liaison = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    aware_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # since when the customer who had to ask again has waited; cleared by the next contact or the end
    chased_at = models.DateTimeField(null=True)
    invoice = models.CharField(max_length=40, blank=True)  # document number the incident is about
    start_key = models.CharField(max_length=64, unique=True, null=True)  # a repeated first report makes no second one

    # the projection of the entries: rebuilt from them by `verify`, never edited
    kind = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices)
    severity = models.CharField(max_length=1, choices=Severity.choices, default=Severity.B)
    machine = models.CharField(max_length=LONGEST_MACHINE, blank=True, default="", db_default="")  # machines.key_of
    current = models.CharField(max_length=40, blank=True)  # the step the list shows
    due = models.DateTimeField(null=True)  # the earliest due of any step
    wake_at = models.DateTimeField(null=True)  # the engine's one clock
    pins = models.JSONField(default=dict)  # policy numbers it runs by
    case = models.JSONField(default=dict)
    head_seq = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default="")
    updated_at = models.DateTimeField()
    search = models.TextField(blank=True)

    class Meta:
        indexes = [
            # the list, newest first, all states or one: incidents.selectors.listed
            models.Index(fields=["-opened_at", "-id"], name="incident_newest"),
            models.Index(fields=["state", "-opened_at", "-id"], name="incident_state_newest"),
            models.Index(fields=["team", "-opened_at", "-id"], name="incident_team_newest"),
            # whose customer had to ask again, at the top of the list: incidents.selectors.listed
            models.Index(fields=["chased_at", "id"], condition=Q(chased_at__isnull=False), name="incident_chased"),
            # the sweep: incidents.services.wake
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="incident_wakes"),
        ]
        ordering = [F("opened_at").desc(), F("id").desc()]

    def __str__(self) -> str:
        return self.number

    @property
    def living(self) -> bool:
        """Something may still be due."""
        return self.state in LIVING


class Note(models.Model):
    """Words: a further report, what the customer said, the reason of a send-back. Entries name its id only."""

    class Kind(models.TextChoices):
        FURTHER = "further", _("Further report")
        CUSTOMER = "customer", _("The customer's words")
        CHASED = "chased", _("The customer asked again")
        REASON = "reason", _("Reason")
        REMARK = "remark", _("Remark")
        ANSWER = "answer", _("Answer")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    said_by = models.CharField(max_length=80, blank=True)  # the customer's person, as the writer named them
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)  # when it was said, where that was noted afterwards

    class Meta:
        indexes = [models.Index(fields=["incident", "-at"], name="note_of_incident")]

    def __str__(self) -> str:
        return self.text[:40]


class Opened(models.Model):
    """Who has opened an incident, and when first: the rep sees that the boss has read it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="opened_by")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="opened_once")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.user_id}"
