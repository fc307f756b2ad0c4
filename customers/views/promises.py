"""約束台帳: the ledger, one promise, and what can become of it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from customers.forms import AgreeForm, BreakForm, ChaseForm, KeepForm, PromiseForm, RescheduleForm
from customers.models import Promise
from customers.models.promise import BILLED, PromiseQuerySet
from customers.search import words
from customers.selectors import (
    chases_to_take_back,
    customer_get,
    number_checked,
    promise_get,
    promise_rate,
    promises_visible,
    writes,
)
from customers.services import (
    NewPromise,
    promise_agree,
    promise_break,
    promise_chase,
    promise_chase_undo,
    promise_keep,
    promise_make,
    promise_reschedule,
)
from customers.views.customers import query_of
from office.http import accepted, viewer_of
from office.roles import Role
from office.viewer import Viewer

PAGE = 50
FORMS: dict[str, type[Form]] = {"agree": AgreeForm, "keep": KeepForm, "reschedule": RescheduleForm, "break": BreakForm}


def promises(request: HttpRequest) -> HttpResponse:
    """The ledger: open ones by their day first; filters stand in the address."""
    viewer = viewer_of(request)
    found = _narrowed(request, viewer)
    shown = request.GET.get("state", "open")
    counts = found.order_by().aggregate(
        open=Count("pk", filter=Q(state=Promise.State.OPEN)),
        late=Count("pk", filter=Q(state=Promise.State.OPEN, answer_by__lt=viewer.at)),
        chased=Count("pk", filter=Q(state=Promise.State.OPEN, chased_at__isnull=False)),
        ended=Count("pk", filter=~Q(state=Promise.State.OPEN)),
    )
    listed = {
        "late": found.late(viewer.at), "chased": found.open().chased().order_by("chased_at", "pk"),
        "ended": found.exclude(state=Promise.State.OPEN).order_by("-ended_at"),
    }  # fmt: skip
    page = Paginator(listed.get(shown, found.open()), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "counts": counts,
        "rate": promise_rate(found),
        "shown": shown if shown in listed else "open",
        "query": query_of(request),
        "who": request.GET.get("who", ""),
        "number": request.GET.get("number", ""),
        "writes": writes(viewer),
        "at": viewer.at,
        "key": uuid4(),
        "mistaken": chases_to_take_back(viewer),
    }
    return render(request, "customers/promises.html", context)


def _narrowed(request: HttpRequest, viewer: Viewer) -> PromiseQuerySet:
    found = promises_visible(viewer)
    if request.GET.get("who") == "me":
        found = found.filter(owner=viewer.user)
    if number := request.GET.get("number", "").replace("\0", "")[:20]:
        found = found.filter(number=number)
    for word in words(query_of(request)):
        found = found.filter(Q(customer__search__contains=word) | Q(what__icontains=word))
    return found


def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise with what can be done about it."""
    return _page(request, promise_get(viewer_of(request), pk), {})


def promise_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a promise to a customer, from an incident (?number=) or without one; ?what= begins it."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    begun = {"what": request.GET.get("what", "").replace("\0", "")[:300]}
    form = PromiseForm(request.POST or None, customer_id=pk, initial=begun)
    number = number_checked(viewer, request.GET.get("number", "").replace("\0", "")[:20])

    def make() -> None:
        cleaned = dict(form.cleaned_data)
        contact = cleaned.pop("to_contact")
        source = f"hand:{cleaned.pop('idempotency')}"
        new = NewPromise(source=source, number=number, to_contact_id=contact.pk if contact else None, **cleaned)
        promise_make(customer=customer, new=new, by=viewer.user, at=viewer.at)

    if request.method == "POST" and accepted(form, make):
        messages.success(request, _("The promise stands in the ledger."))
        return _back(request, "desk:customer", pk)
    return render(request, "customers/promise_new.html", {"form": form, "customer": customer, "number": number})


def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer agreed to the day."""
    return _act(request, pk, "agree", promise_agree, _("The time is agreed."))


def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """The promise was kept."""
    return _act(request, pk, "keep", promise_keep, _("The promise is recorded as kept."))


def reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """A new day was agreed with the customer."""
    return _act(request, pk, "reschedule", promise_reschedule, _("The new time stands in the ledger."))


def not_kept(request: HttpRequest, pk: int) -> HttpResponse:
    """The promise was not kept."""
    return _act(request, pk, "break", promise_break, _("It is recorded that the promise was not kept."))


def chase(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer asked again, in one tap."""
    return _tap(request, pk, promise_chase, _("Noted: the customer asked again. It stands at the top of Today."))


def chase_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """That tap was a mistake."""
    return _tap(request, pk, promise_chase_undo, _("Taken back: it counts no more that the customer asked again."))


def _tap(request: HttpRequest, pk: int, service: Callable[..., Promise], told: str) -> HttpResponse:
    """One tap with its key, and back to where it was tapped."""
    viewer = viewer_of(request)
    found, form = promise_get(viewer, pk), ChaseForm(request.POST)

    def note() -> None:
        key = f"hand:{form.cleaned_data['idempotency']}:{pk}"
        service(promise_id=pk, by=viewer.user, at=viewer.at, key=key)

    if accepted(form, note):
        messages.success(request, told)
        return _back(request, "customers:promise", pk)
    return _page(request, found, {"chase": form}, status=422)


def _act(request: HttpRequest, pk: int, act: str, service: Callable[..., Promise], told: str) -> HttpResponse:
    """Check the form of an act and give it to its service; an error shows the page again, nothing typed is lost."""
    viewer = viewer_of(request)
    found = promise_get(viewer, pk)
    form = FORMS[act](request.POST, auto_id=f"{act}_%s", **_named(act, found))
    if accepted(form, lambda: service(promise_id=pk, by=viewer.user, at=viewer.at, **form.cleaned_data)):
        messages.success(request, told)
        return _back(request, "desk:customer", found.customer_id)
    return _page(request, found, {act: form}, status=422)


def _named(act: str, found: Promise) -> dict[str, Any]:
    """Which document the form of keeping it asks for, or that it asks for the customer's sign-off."""
    return {"document": found.document, "sign_off": found.wants_sign_off} if act == "keep" else {}


def _page(request: HttpRequest, found: Promise, bound: dict[str, Form], status: int = 200) -> HttpResponse:
    initial: dict[str, Any] = {"answer_by": found.answer_by}
    forms = {
        act: form(initial=initial if act == "agree" else {}, auto_id=f"{act}_%s", **_named(act, found))
        for act, form in FORMS.items()
    }
    context = {
        "promise": found,
        "forms": forms | bound,
        "refused": next(iter(bound.values()), None),
        "writes": writes(viewer_of(request)),
        "at": viewer_of(request).at,
        "opens": not viewer_of(request).has(Role.BILLING),  # billing makes the document and opens no incident
        "documents": viewer_of(request).has(Role.BILLING) and found.document in BILLED,
        "next": request.GET.get("next", ""),
        "chases": found.chases.filter(takes_back=None).select_related("by").prefetch_related("taken_back"),
        "mistaken": chases_to_take_back(viewer_of(request)),
        "key": uuid4(),
    }
    return render(request, "customers/promise.html", context, status=status)


def _back(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Go to where the person came from (?next=), on our own host only, else to `name`."""
    there = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return redirect(there) if safe else redirect(name, pk)
