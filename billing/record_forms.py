"""The forms of orders, deliveries, returns and contracts. Lines are small forms of their own: one left empty is no
line, a button asks for another, and whatever is refused stands as it was typed. Works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.forms import CustomerField, one_customer
from billing.models import DeliveryLine, Rate
from billing.selectors.orders import Progress
from billing.services import Line
from billing.services.records import MOST_LINES
from customers.models import Customer
from office.errors import Refused
from office.forms import MakotoForm
from office.http import sentence, whole_number
from office.viewer import Viewer

MORE = "more"  # the button that asks for another line
COUNTER = "lines"  # the hidden field that says how many free lines the page showed
LEAST = Decimal("0.001")
EVERY = [(n, _("Every month") if n == 1 else _("Every %(n)s months") % {"n": n}) for n in range(1, 13)]


class Number(forms.DecimalField):
    """A number typed with or without commas, in any width, by a keyboard of digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Take commas out; everything else is the field's own work."""
        return super().to_python(value.replace(",", "").replace("，", "") if isinstance(value, str) else value)


def quantity_field(**kwargs: Any) -> Number:
    """How much: up to three decimals, above zero."""
    return Number(label=_("Quantity"), max_digits=12, decimal_places=3, min_value=LEAST, **kwargs)


def price_field(**kwargs: Any) -> Number:
    """Yen for one: up to two decimals; goods that are given away cost nothing."""
    return Number(label=_("Unit price (yen)"), max_digits=14, decimal_places=2, min_value=0, **kwargs)


def note_field() -> forms.CharField:
    """What the customer reads beside the line."""
    return forms.CharField(label=_("Note for the customer"), max_length=200, required=False)


class GrowingForm(MakotoForm):
    """Sent by the button for another line it stands as it was typed, and nothing is judged yet."""

    def __init__(self, data: Any = None, *, initial: Any = None, prefix: str | None = None, **kwargs: Any) -> None:
        if data is not None and MORE in data:
            begins = f"{prefix}-" if prefix else ""
            typed = {name: data[begins + name] for name in self.base_fields if begins + name in data}
            data, initial = None, {**(initial or {}), **typed}
        super().__init__(data, initial=initial, prefix=prefix, **kwargs)


class LineForm(GrowingForm):
    """One line. Where nothing of `counts` is written there is no line, and nothing of it is judged."""

    counts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, empty_permitted=True, **kwargs)

    def raw(self) -> dict[str, str]:
        """What stands in its fields, as typed."""
        return {name: str(self[name].value() if self[name].value() is not None else "") for name in self.fields}

    def has_changed(self) -> bool:
        """Whether there is a line at all."""
        return any(self.raw()[name].strip() for name in self.counts)


class GoodsForm(LineForm):
    """A line that names its goods itself."""

    counts = ("description", "quantity", "unit_price")

    description = forms.CharField(label=_("Item"), max_length=200)
    quantity = quantity_field()
    unit = forms.CharField(label=_("Unit of the quantity"), max_length=10, required=False)
    unit_price = price_field()
    rate = forms.TypedChoiceField(label=_("Tax rate"), choices=Rate, coerce=int, initial=Rate.STANDARD)
    note = note_field()

    def line(self) -> Line:
        """Return it for the service."""
        return Line(**self.cleaned_data)


class DeliveredForm(LineForm):
    """A line of an order of which something is delivered; without a quantity nothing is."""

    counts = ("quantity",)

    quantity = quantity_field(required=False)
    unit_price = price_field(required=False, help_text=_("Only when the delivery note says another one."))
    note = note_field()

    def __init__(self, data: Any = None, *, of: Progress) -> None:
        initial = {"quantity": f"{of.rest.normalize():f}" if of.rest else ""}
        super().__init__(data, prefix=f"order-{of.line.place}", initial=initial)
        self.of = of

    def line(self) -> Line:
        """Return it for the service."""
        return Line(order_line=self.of.line.place, **self.cleaned_data)


class ReturnedForm(LineForm):
    """A line of a delivery of which something comes back; without a quantity nothing does."""

    counts = ("quantity",)

    quantity = quantity_field(required=False)
    note = note_field()

    def __init__(self, data: Any = None, *, of: DeliveryLine, can: Decimal) -> None:
        super().__init__(data, prefix=f"back-{of.place}")
        self.of, self.can = of, can

    def line(self) -> Line:
        """Return it for the service."""
        return Line(of=(self.of.delivery.number, self.of.place), **self.cleaned_data)


class RecordForm(GrowingForm):
    """What is written down with lines. `given`: lines about known goods, before the `free` ones."""

    free: ClassVar[bool] = True  # whether lines may be added that name their goods themselves

    def __init__(self, data: Any = None, *, given: Sequence[LineForm] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.given = given
        sent = {} if data is None else data
        shown = whole_number(sent.get(COUNTER, ""), 0 if given else 1) + (MORE in sent)
        shown = min(shown, MOST_LINES - len(given)) if self.free else 0
        self.goods = [GoodsForm(data, prefix=f"line-{n}") for n in range(1, shown + 1)]

    @property
    def full(self) -> bool:
        """Whether no further line fits."""
        return not self.free or len(self.goods) + len(self.given) >= MOST_LINES

    @property
    def written(self) -> list[Any]:
        """The lines that hold something, in the order in which they are shown."""
        return [line for line in (*self.given, *self.goods) if line.has_changed()]

    def clean(self) -> dict[str, Any]:
        """Judge the lines that hold something."""
        cleaned = super().clean() or self.cleaned_data
        if any(line.errors for line in self.written):
            self.add_error(None, gettext("Please check the lines."))
        elif not self.written:
            self.add_error(None, gettext("Please give at least one line."))
        return cleaned

    def lines(self) -> list[Line]:
        """Return what was written, for the service."""
        return [line.line() for line in self.written]

    def refuse(self, refused: Refused) -> None:
        """Put a refusal where it belongs: at its field, at its line, else above all."""
        place = refused.facts.get("line")
        if isinstance(place, int) and 0 < place <= len(self.written):
            self.written[place - 1].add_error(None, sentence(refused))
            self.add_error(None, gettext("Please check the lines."))
        else:
            self.add_error(refused.field if refused.field in self.fields else None, sentence(refused))


class OfCustomer(forms.Form):
    """Mixin: whose it is, asked for by the form's `customer`."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_customer(self) -> Customer | None:
        """Find the customer by code or name; nobody where the field may stay empty and does."""
        typed = self.cleaned_data["customer"]
        return one_customer(self.viewer, typed) if typed else None


class OrderForm(OfCustomer, RecordForm):
    """An order."""

    number = forms.CharField(label=_("Order number"), max_length=40)
    customer = CustomerField()
    ordered_on = forms.DateField(label=_("Ordered on"))
    promised_on = forms.DateField(
        label=_("Delivery date, as promised"), required=False,
        help_text=_("Left empty you are reminded of it after some days."),
    )  # fmt: skip


class DeliveryForm(RecordForm):
    """What is delivered of an order."""

    number = forms.CharField(label=_("Delivery note number"), max_length=40)
    delivered_on = forms.DateField(label=_("Delivered on"))


class OwnDeliveryForm(OfCustomer, DeliveryForm):
    """A delivery that nobody has written an order for."""

    customer = CustomerField()

    field_order = ("number", "customer", "delivered_on")


class ReturnForm(RecordForm):
    """What comes back of a delivery."""

    free = False

    number = forms.CharField(label=_("Number of the return"), max_length=40)
    delivered_on = forms.DateField(label=_("Came back on"))


class ContractForm(OfCustomer, MakotoForm):
    """A contract that is billed again and again."""

    number = forms.CharField(label=_("Contract number"), max_length=40)
    customer = CustomerField()
    description = forms.CharField(label=_("Item"), max_length=200)
    quantity = quantity_field(initial=1)
    unit = forms.CharField(label=_("Unit of the quantity"), max_length=10, required=False)
    unit_price = price_field()
    rate = forms.TypedChoiceField(label=_("Tax rate"), choices=Rate, coerce=int, initial=Rate.STANDARD)
    every = forms.TypedChoiceField(label=_("Billed"), choices=EVERY, coerce=int)
    in_advance = forms.TypedChoiceField(
        label=_("When a period is billed"), coerce=lambda value: value == "yes",
        choices=[("no", _("At its end")), ("yes", _("At its beginning"))],
    )  # fmt: skip
    first_on = forms.DateField(label=_("First day to be billed"))
    last_on = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Left empty it goes on until somebody ends it.")
    )
    note = note_field()

    def data_for_service(self) -> dict[str, Any]:
        """Return the fields as `contract_create` wants them."""
        values = dict(self.cleaned_data)
        goods = ("description", "quantity", "unit", "unit_price", "rate", "note")
        line = Line(**{name: values.pop(name) for name in goods})
        return values | {"line": line, "customer_id": values.pop("customer").pk}


class DayForm(MakotoForm):
    """One day: of a promise, of the end of a contract."""

    day = forms.DateField()

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label = label
