"""The journal (操作履歴): who did what, when. Rows are only added."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from office.models.people import User


class JournalRow(models.Model):
    """One act. The database refuses UPDATE and DELETE (office/guards.py)."""

    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the system itself
    actor_name = models.CharField(_("who"), max_length=130)  # as it was then
    verb = models.CharField(_("what"), max_length=120)  # English msgid
    about = models.CharField(_("about"), max_length=120, blank=True)  # "incident 2026-0151", "policy plan.within"
    detail = models.TextField(_("details"), blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["at", "id"], name="journal_at"),  # the day's hash, the page by date
            models.Index(fields=["about", "id"], name="journal_about"),  # the history of one thing
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb}"
