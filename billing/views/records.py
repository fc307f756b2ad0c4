"""What the pages share on which orders, deliveries, returns and contracts are written down."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from billing.models import Contract, Delivery, Order
from billing.record_forms import MORE, RecordForm
from office.errors import Refused
from office.http import accepted


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def written(
    request: HttpRequest, template: str, form: forms.BaseForm, create: Callable[[], Order | Delivery | Contract],
    said: str, to: str, **context: Any,
) -> HttpResponse:  # fmt: skip
    """Show a form of a record, with another line when that was asked for; write the record and go to its page."""
    if request.method != "POST" or MORE in request.POST:
        return render(request, template, {"form": form, **context})
    made: list[Order | Delivery | Contract] = []
    if _saved(form, lambda: made.append(create())):
        messages.success(request, said)
        return redirect(to, made[0].number)
    return render(request, template, {"form": form, **context}, status=422)


def _saved(form: forms.BaseForm, service: Callable[[], object]) -> bool:
    if not isinstance(form, RecordForm):
        return accepted(form, service)
    if not form.is_valid():
        return False
    try:
        service()
    except Refused as refused:
        form.refuse(refused)
        return False
    return True
