"""What goods cost from a day on, for everybody or for one customer: the price list that drafts are held against."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Customer


class Price(models.Model):
    """One price. `key` is the product as it is compared, see billing.products."""

    product = models.CharField(max_length=200)  # as it stands in the lines of orders and deliveries
    key = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="prices")
    from_on = models.DateField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=2)  # yen
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["key", "customer", "-from_on", "pk"]
        constraints = [
            # They also serve the question what a product costs: key = … and from_on <= ….
            models.UniqueConstraint(
                fields=["key", "from_on"], condition=Q(customer=None), name="price_of_a_day_for_everybody"
            ),
            models.UniqueConstraint(
                fields=["key", "customer", "from_on"],
                condition=Q(customer__isnull=False),
                name="price_of_a_day_for_one",
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="price_is_not_below_zero"),
        ]

    def __str__(self) -> str:
        return self.product
