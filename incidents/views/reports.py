"""第一報: from a car park to the boss in one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.selectors import reads_invoices
from customers.models import Customer
from customers.selectors import customer_names
from incidents.early import told_early
from incidents.forms.report import FirstReportForm, bosses
from incidents.models import Incident
from incidents.selectors import incidents_visible
from incidents.services import FirstReport, incident_open, spread_opened
from incidents.views.common import photos_of
from office.errors import Refused
from office.http import sentence, viewer_of, whole_number
from office.selectors import people
from office.templatetags.makoto import sama
from office.viewer import Viewer

LONGEST_QUERY = 100  # characters
BEGUN = ("kind", "summary", "spread", "references")  # what another page may begin a report with


def customers(request: HttpRequest) -> HttpResponse:
    """Names for the picker: for anybody inside, and nothing but name and whose firm it is."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    rows = customer_names(query) if query else ()
    offers = [{"value": row.name, "label": _owned(row)} for row in rows]
    return JsonResponse(offers, safe=False)


def new(request: HttpRequest) -> HttpResponse:
    """The first report: three questions; everything else is filled in or folded away."""
    viewer = viewer_of(request)
    choices: dict[str, Any] = {"bosses": bosses(people().users), "numbers": reads_invoices(viewer)}
    if request.method == "POST":
        form = FirstReportForm(request.POST, **choices)
        offers = _whom(form) if form.is_valid() else []
        if len(offers) == 1 and (made := _opened(request, viewer, form, offers[0])):
            return made
        return _page(request, form, offers, status=422)
    known = _known(request.GET.get("customer", ""))
    initial: dict[str, Any] = {name: request.GET[name] for name in BEGUN if name in request.GET}
    initial |= {"customer": known.name, "pick": known.pk} if known else {}
    return _page(request, FirstReportForm(initial=initial, **choices), [known] if known else [])


def _page(request: HttpRequest, form: FirstReportForm, offers: list[Customer], status: int = 200) -> HttpResponse:
    chosen = offers[0] if len(offers) == 1 else None
    named = [(customer.pk, _owned(customer)) for customer in offers] if len(offers) > 1 else []
    context = {
        "form": form, "offers": named, "chosen": chosen, "idempotency": form["idempotency"].value(),
        "photos_again": bool(request.FILES.getlist("photos")),
    }  # fmt: skip
    return render(request, "incidents/new.html", context, status=status)


def _owned(customer: Customer) -> str:
    """A firm and whose it is: all that a colleague of another team learns."""
    return _("%(customer)s (%(owner)s)") % {"customer": customer.name, "owner": customer.owner.called}


def _known(pk: str) -> Customer | None:
    return Customer.objects.select_related("owner").filter(pk=whole_number(pk)).first()


def _whom(form: FirstReportForm) -> list[Customer]:
    """The customers the typed text may mean; an exact name or code, or a choice already made, is one."""
    typed, pick = form.cleaned_data["customer"].strip(), form.cleaned_data["pick"]
    found = list(customer_names(typed))
    if chosen := [customer for customer in found if customer.pk == pick]:
        return chosen
    exact = [customer for customer in found if typed in (customer.name, customer.code)]
    found = exact or found
    if not found:
        form.add_error("customer", _("No customer was found by this name. Try its reading or telephone number."))
    elif len(found) > 1:
        form.add_error("customer", _("Several customers fit. Please choose one."))
    return found


def _opened(request: HttpRequest, viewer: Viewer, form: FirstReportForm, customer: Customer) -> HttpResponse | None:
    """Open the incident and go on; None when it was refused, the form then says why."""
    cleaned = form.cleaned_data
    report = FirstReport(
        customer_id=customer.pk, data=form.as_paper(by_mouth="by_mouth" in request.POST),
        kind=cleaned["kind"] or "untriaged", severity=cleaned["severity"] or "B", aware_at=cleaned["aware_at"],
        told_to_id=cleaned["told_to"], references=cleaned.get("references", ""), machine=cleaned["machine"],
        key=cleaned["idempotency"].hex,
    )  # fmt: skip
    try:
        incident, _fresh = incident_open(viewer=viewer, report=report, photos=photos_of(request))
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, sentence(refused))
        return None
    if cleaned["spread"]:
        spread_opened(viewer=viewer, check=cleaned["spread"], incident=incident)
    return _gone(request, viewer, incident, by_mouth="by_mouth" in request.POST)


def _gone(request: HttpRequest, viewer: Viewer, incident: Incident, *, by_mouth: bool) -> HttpResponse:
    """To the incident, or to Today when it belongs to another team."""
    facts = {
        "customer": sama(incident.customer.called), "owner": incident.owner.called, "number": incident.number,
        "boss": incident.told_to.called if incident.told_to else "",
    }  # fmt: skip
    if not incidents_visible(viewer).filter(pk=incident.pk).exists():
        told_ = _("Recorded for %(owner)s: %(customer)s, %(number)s. It is in good hands there.")
        messages.success(request, told_ % facts)
        return redirect("desk:today")
    if by_mouth:
        messages.success(request, _("Noted: reported by word of mouth."))
    elif incident.told_to_id == viewer.user.pk:
        messages.success(request, _("The incident of %(customer)s is open.") % facts)
    else:
        sent = _("The first report is sent. Once %(boss)s opens it, it says “read” with the time.") % facts
        messages.success(request, f"{sent} {_('Thank you for telling so soon.')}" if told_early(incident) else sent)
    return redirect("incidents:detail", incident.number)
