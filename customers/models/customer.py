"""Who our customers are: firms, their places and their people."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from customers.search import digits, haystack, short_name, words


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Adjectives of firms."""

    def found_by(self, query: str) -> Self:
        """Return those in which each word of `query` is found, in any spelling."""
        found = self
        for word in words(query):
            found = found.filter(search__contains=word)
        return found

    def in_care(self) -> Self:
        """Return those for whom a care hold exists."""
        return self.filter(Exists(CareHold.objects.filter(customer=OuterRef("pk"))))

    def with_care(self) -> Self:
        """Add `in_care`: whether a care hold exists."""
        return self.annotate(in_care=Exists(CareHold.objects.filter(customer=OuterRef("pk"))))


class Customer(models.Model):
    """A firm that buys from us. `code` is its number in the company's books and never changes."""

    class Weight(models.TextChoices):
        """How much business hangs on a customer, in words it may read; unset counts as standard (practice 4-27)."""

        KEY = "A", _("Key account")
        STANDARD = "B", _("Standard account")
        OCCASIONAL = "C", _("Occasional account")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    kana = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)  # as typed
    phone_digits = models.CharField(max_length=20, blank=True)
    search = models.TextField(blank=True)  # normalised: code, name, kana, telephones, people, sites: customers.search
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    liaison = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    gift_refused = models.BooleanField(default=False)
    weight = models.CharField(max_length=1, choices=Weight, blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=1)  # counts saves, so that nobody saves over a page he has not seen
    # 訪問お断り (practice 4-03): since when, who entered it, of which incident. The number stays once it is lifted.
    banned_at = models.DateTimeField(null=True, blank=True)
    banned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    banned_number = models.CharField(max_length=20, blank=True, default="", db_default="")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["kana", "name", "pk"]
        indexes = [
            # The list of customers, page by page in the order of their reading.
            models.Index(fields=["kana", "name", "id"], name="customer_by_reading"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """The name as it is spoken, without 様 and without the legal form."""
        return short_name(self.name)

    @property
    def tel(self) -> str:
        """What a `tel:` link needs."""
        return self.phone_digits

    @property
    def rank(self) -> int:
        """Where it stands among customers of equal urgency: 0 before 1 before 2, unset in the middle."""
        return {Customer.Weight.KEY: 0, Customer.Weight.OCCASIONAL: 2}.get(Customer.Weight(self.weight or "B"), 1)

    def index(self, *more: str) -> None:
        """Fill the columns that are computed from what was typed; `more` is what its people and sites are called."""
        self.phone_digits = digits(self.phone)[:20]
        self.search = haystack(self.code, self.name, self.kana, self.phone_digits, *more)


class Site(models.Model):
    """A place of a customer: works, branch, office."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="sites")
    name = models.CharField(max_length=120)
    postal_code = models.CharField(max_length=10, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["customer", "name"], name="site_once_per_customer")]

    def __str__(self) -> str:
        return self.name

    @property
    def tel(self) -> str:
        """What a `tel:` link needs."""
        return digits(self.phone)

    def index_texts(self) -> tuple[str, ...]:
        """What the customer is also found by."""
        return self.name, self.tel


class Contact(models.Model):
    """A person at a customer. Names and the rank stand as on the card; sore points one per line (practice 4-07)."""

    class Listening(models.TextChoices):
        """How somebody wants to be met when something went wrong (practice 2-21)."""

        SPEAK = "speak", _("Let them speak first")
        FAST = "fast", _("Put it right fast")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    site = models.ForeignKey(Site, models.SET_NULL, null=True, blank=True, related_name="contacts")
    surname = models.CharField(max_length=60)
    given_name = models.CharField(max_length=60, blank=True)
    surname_kana = models.CharField(max_length=60, blank=True)
    given_kana = models.CharField(max_length=60, blank=True)
    department = models.CharField(max_length=120, blank=True)
    rank = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    mobile = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    sore_points = models.TextField(blank=True)
    listening = models.CharField(max_length=8, choices=Listening, blank=True)  # empty: nobody has asked yet
    decides = models.BooleanField(default=False)
    left_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-decides", "pk"]
        indexes = [
            # The people of one customer: those who decide first.
            models.Index(fields=["customer", "-decides", "id"], name="contact_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.called} {self.given_name}".strip()

    @property
    def called(self) -> str:
        """Rank and surname, as we speak of the person: 専務取締役 岡本. The page adds 様."""
        return f"{self.rank} {self.surname}".strip()

    @property
    def full_name(self) -> str:
        """Surname and given name."""
        return f"{self.surname} {self.given_name}".strip()

    @property
    def sore_list(self) -> list[str]:
        """The sore points, one by one."""
        return [line.strip() for line in self.sore_points.splitlines() if line.strip()]

    @property
    def tel(self) -> str:
        """What a `tel:` link needs: the desk telephone, else the mobile one; empty when neither is known."""
        return digits(self.phone) or digits(self.mobile)

    def index_texts(self) -> tuple[str, ...]:
        """What the customer is also found by."""
        return (
            self.surname + self.given_name,
            self.surname_kana + self.given_kana,
            digits(self.phone),
            digits(self.mobile),
        )


class CareHold(models.Model):
    """While a hold exists the customer is in care; its source (an incident) puts it and drops it.

    A row per source and no flag: when two incidents end together a flag would be left standing.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="care_holds")
    source = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.source
