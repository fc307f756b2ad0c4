"""訂正・再発行・お詫び: one page that begins it and then shows how it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Invoice
from billing.selectors import invoice_get, two_names
from customers.selectors import keeps
from incidents.corrections import candidates, flow_of
from incidents.selectors import incidents_visible
from incidents.services import correction_begin
from office.forms import MakotoForm, choose_from
from office.http import accepted, viewer_of
from office.viewer import Viewer


class CorrectionForm(MakotoForm):
    """What was wrong, and which incident it belongs to."""

    reason = forms.CharField(
        label=gettext_lazy("What was wrong"), max_length=200,
        help_text=gettext_lazy("Plain words: they stand on the corrected invoice, and the customer reads them."),
    )  # fmt: skip
    incident = forms.ChoiceField(label=gettext_lazy("Belongs to"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = candidates(viewer, invoice.customer_id, incidents_visible(viewer))
        if not rows:
            del self.fields["incident"]
            return
        named = [(row.number, f"{row.number}　{row.summary.splitlines()[0][:60]}") for row in rows]
        choose_from(self, "incident", [("", _("A new incident (opened by itself)")), *named])
        about = [row.number for row in rows if row.invoice in two_names(invoice)]
        self.fields["incident"].initial = about[0] if about else ""


def correction(request: HttpRequest, number: str) -> HttpResponse:
    """GET: how the correction of an invoice stands, or the form that begins it. POST begins it, once."""
    viewer = viewer_of(request)
    invoice = invoice_get(viewer, number)
    found = flow_of(viewer, invoice)
    begun = found is not None and not found.gone and (found.old == invoice.number or not found.over)
    initial = {"incident": asked} if (asked := request.GET.get("incident", "").replace("\0", "")[:20]) else {}
    form = CorrectionForm(request.POST or None, viewer=viewer, invoice=invoice, initial=initial)

    def begin() -> None:
        correction_begin(viewer=viewer, number=invoice.number, **form.cleaned_data)

    if request.method == "POST":
        if begun:  # a second tap
            return redirect("incidents:correction", number)
        if accepted(form, begin):
            messages.success(request, _("The corrected draft is made, and the letter is on its way."))
            return redirect("incidents:correction", number)
    context = {
        "invoice": invoice, "flow": found, "begun": begun, "form": form, "may_begin": keeps(viewer),
        "correctable": invoice.state == Invoice.State.ISSUED and invoice.lines.exists(), "at": viewer.at,
    }  # fmt: skip
    return render(request, "incidents/correction.html", context, status=422 if form.errors else 200)
