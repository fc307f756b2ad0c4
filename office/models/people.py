"""The people of our company, their teams, and who decides for whom while they are away."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from office.roles import Role

LANGUAGES = [("ja", "日本語"), ("en", "English")]  # each in its own words


class Team(models.Model):
    """A section of the sales office (第一営業課)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(_("team"), max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds people by the name they log in with."""

    def active(self) -> models.QuerySet[User]:
        """Those who work here now."""
        return self.filter(is_active=True)


class User(AbstractBaseUser):
    """A colleague. Never deleted, only switched off: what they did stays theirs."""

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    username = models.CharField(_("log-in name"), max_length=60, unique=True)
    surname = models.CharField(_("surname"), max_length=60)
    given_name = models.CharField(_("given name"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=60, blank=True)  # as colleagues say it after the surname: 課長
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    roles = models.JSONField(_("roles"), default=list)  # list of Role values
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    boss = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("boss")
    )
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="ja")
    is_active = models.BooleanField(_("works here"), default=True)

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def called(self) -> str:
        """How colleagues say it: 佐藤課長, 田中さん."""
        if self.title:
            return f"{self.surname}{self.title}"
        return gettext("%(surname)s-san") % {"surname": self.surname}

    @property
    def full_name(self) -> str:
        """Surname first: 佐藤 健一."""
        return f"{self.surname} {self.given_name}".strip()

    def has_role(self, role: Role | str) -> bool:
        """Whether this person has the role."""
        return str(role) in self.roles


class StandInQuerySet(models.QuerySet["StandIn"]):
    """Questions about absences."""

    def on(self, day: date) -> StandInQuerySet:
        """Those in force on this day, both ends included."""
        return self.filter(starts__lte=day, ends__gte=day)


class StandIn(models.Model):
    """Who decides for an absent colleague (代理承認者), from the first to the last day, both included."""

    absent = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("away"))
    stand_in = models.ForeignKey(User, models.PROTECT, related_name="stands_in", verbose_name=_("stand-in"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))

    objects = StandInQuerySet.as_manager()

    class Meta:
        ordering = ["starts", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(starts__lte=F("ends")), name="standin_starts_before_it_ends"),
            models.CheckConstraint(condition=~Q(absent=F("stand_in")), name="standin_is_someone_else"),
        ]

    def __str__(self) -> str:
        return f"{self.absent_id} → {self.stand_in_id} {self.starts}–{self.ends}"
