"""What was ordered, delivered, returned and agreed by contract: the only source of what is billed (practice 3-03).

Quantities have up to three decimals, unit prices up to two (yen); what is left to bill stands in a column, so that the
watch asks for nothing else.
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class Rate(models.IntegerChoices):
    """The rate of consumption tax, in percent."""

    STANDARD = 10, _("10%")
    REDUCED = 8, _("8% (reduced)")
    EXEMPT = 0, _("Exempt")


class Goods(models.Model):
    """One line of goods or services with its price: of an order, a delivery, a contract or an invoice."""

    description = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)  # in plain words, for the customer (practice 3-01)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=10, blank=True)
    unit_price = models.DecimalField(max_digits=14, decimal_places=2)  # yen
    rate = models.PositiveSmallIntegerField(choices=Rate, default=Rate.STANDARD)

    class Meta:
        abstract = True


class Order(models.Model):
    """What a customer ordered, under the number both sides know it by."""

    class State(models.TextChoices):
        OPEN = "open", _("Ordered")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders")
    ordered_on = models.DateField()
    inclusive = models.BooleanField(default=False)  # its prices hold the tax, as the terms were when it was written
    promised_on = models.DateField(null=True, blank=True)  # the day of delivery as promised; none is a risk (4-29)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-ordered_on", "-pk"]
        indexes = [
            # The orders of one customer, newest first.
            models.Index(fields=["customer", "-ordered_on"], name="order_of_customer"),
            # The list of orders, page by page from the latest.
            models.Index(fields=["ordered_on", "id"], name="order_by_day"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(Goods):
    """One line of an order: the price that was agreed."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["order", "place"], name="order_line_has_its_place"),
            models.CheckConstraint(condition=Q(quantity__gt=0, unit_price__gte=0), name="order_line_is_more_than_none"),
        ]

    def __str__(self) -> str:
        return self.description


class Delivery(models.Model):
    """What went to a customer, or came back from one, under the number of the delivery note."""

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Delivery")
        RETURN = "return", _("Return")

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deliveries")
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="deliveries")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.DELIVERY)
    inclusive = models.BooleanField(default=False)  # its prices hold the tax, as the terms were when it was written
    delivered_on = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.VALID)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-delivered_on", "-pk"]
        verbose_name_plural = "deliveries"
        # The deliveries of one customer, newest first.
        indexes = [models.Index(fields=["customer", "-delivered_on"], name="delivery_of_customer")]

    def __str__(self) -> str:
        return self.number


class DeliveryLine(Goods):
    """One line of a delivery note. `left` is what is still to be billed, of a return what is still to be taken off."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField()
    order_line = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, related_name="deliveries")
    of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="returns")  # what comes back
    left = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        ordering = ["place"]
        # What is still to be billed: few rows among many, the watch reads nothing else.
        indexes = [models.Index(fields=["delivery"], condition=Q(left__gt=0), name="delivery_line_unbilled")]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "place"], name="delivery_line_has_its_place"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, left__gte=0, left__lte=F("quantity")),
                name="delivery_line_is_not_billed_twice",
            ),
        ]

    def __str__(self) -> str:
        return self.description


class Contract(Goods):
    """What a customer pays for again and again: maintenance, rent, a licence."""

    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contracts")
    inclusive = models.BooleanField(default=False)  # its prices hold the tax, as the terms were when it was written
    every = models.PositiveSmallIntegerField(  # months
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    in_advance = models.BooleanField(default=False)  # billed with the closing of the first month, else of the last
    first_on = models.DateField()  # the first day of the first period that is to be billed from here
    last_on = models.DateField(null=True, blank=True)  # the last day that is paid for
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        # The contracts of one customer.
        indexes = [models.Index(fields=["customer"], name="contract_of_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, every__gte=1, every__lte=12),
                name="contract_is_more_than_none",
            ),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="contract_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def of_a_period(self) -> Decimal:
        """What a whole period costs, yen."""
        return self.quantity * self.unit_price
