"""The forms of the price list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import CustomerField
from billing.record_forms import OfCustomer, price_field
from office.forms import MakotoForm


class UnitPriceForm(MakotoForm):
    """What it costs."""

    unit_price = price_field()


class PriceForm(OfCustomer, MakotoForm):
    """What a product costs from a day on."""

    product = forms.CharField(
        label=_("Item"), max_length=200, help_text=_("As it stands in the lines of orders and deliveries.")
    )
    unit_price = price_field()
    from_on = forms.DateField(label=_("Price holds from"))
    customer = CustomerField(required=False, help_text=_("Left empty the price is for every customer."))
