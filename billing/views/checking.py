"""二重チェック: the drafts nobody has checked, differences first; and what is done to one of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from billing.forms import LineForm, PartsForm
from billing.models import Invoice
from billing.selectors import invoice_get
from billing.selectors.checking import drafts_to_check
from billing.services import (
    Change,
    check_refuse,
    draft_change,
    draft_discard,
    draft_parts,
    invoice_correct,
    invoice_received,
    invoice_sent,
    invoices_check,
)
from office.errors import Refused
from office.http import accepted, sentence, viewer_of, whole_number

WRONG = gettext_noop("Please choose from the list.")
OURS, WISH = "ours", "wish"  # why an invoice is corrected


def check(request: HttpRequest) -> HttpResponse:
    """Show what is to be looked at, or what has no differences; confirm those whose versions were on the screen."""
    viewer = viewer_of(request)
    if request.method == "POST":
        found = invoices_check(seen=_seen(request.POST.getlist("seen")), by=viewer.user, at=viewer.at)
        said = ngettext("%(n)s invoice is checked.", "%(n)s invoices are checked.", len(found)) % {"n": len(found)}
        messages.success(request, said)
        return redirect("billing:check")
    drafts = drafts_to_check(viewer)
    clean = [draft for draft in drafts if draft.clean]
    dirty = [draft for draft in drafts if not draft.clean]
    shown = request.GET.get("show", "look" if dirty else "clean")
    yours = [draft for draft in clean if not draft.mine]
    context = {
        "drafts": clean if shown == "clean" else dirty, "shown": shown, "clean": clean, "dirty": dirty, "yours": yours,
        "total": sum(draft.invoice.total for draft in yours), "count": len(drafts),
        "keys_help": "billing/_check_keys.html",
    }  # fmt: skip
    return render(request, "billing/check.html", context)


def _seen(typed: list[str]) -> dict[int, int]:
    """Id to version of what the page showed; Refused when it is something else."""
    pairs = [one.partition(":") for one in typed]
    seen = {whole_number(pk): whole_number(version) for pk, _colon, version in pairs}
    if not seen or 0 in seen or 0 in seen.values():
        raise Refused("invalid", WRONG)
    return seen


def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Send a draft back with a reason."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    check_refuse(invoice_id=found.pk, reason=request.POST.get("reason", ""), by=viewer.user, at=viewer.at)
    messages.success(request, _("The draft is sent back."))
    return redirect("billing:check")


def change(request: HttpRequest, number: str) -> HttpResponse:
    """Change the lines of a draft."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    lines = list(found.lines.all())
    forms = [LineForm(request.POST or None, line=line) for line in lines]
    version = whole_number(request.POST.get("version", ""))

    def save() -> None:
        changes = {one.line.place: Change(**one.cleaned_data) for one in forms}
        draft_change(invoice_id=found.pk, version=version, changes=changes, by=viewer.user, at=viewer.at)

    problem = ""
    if request.method == "POST" and not [one for one in forms if not one.is_valid()]:
        try:
            save()
        except Refused as refused:
            problem = sentence(refused)
        else:
            messages.success(request, _("The draft is changed. A colleague checks it."))
            return redirect("billing:invoice", number)
    status = 422 if request.method == "POST" else 200
    context = {"invoice": found, "forms": forms, "problem": problem, "version": version or found.version}
    return render(request, "billing/change.html", context, status=status)


def parts(request: HttpRequest, number: str) -> HttpResponse:
    """Set in which parts a draft is paid."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    known = {row.kind: row for row in found.instalments.all()} if found.instalments.count() > 1 else {}
    initial = {
        name: value
        for kind, row in known.items()
        for name, value in ((kind, row.amount), (f"{kind}_of", "yen"), (f"{kind}_on", row.base_on))
    }
    form = PartsForm(request.POST or None, initial=initial)
    version = whole_number(request.POST.get("version", "")) if request.method == "POST" else found.version

    def save() -> None:
        draft_parts(invoice_id=found.pk, version=version, parts=form.parts(), by=viewer.user, at=viewer.at)

    if request.method == "POST" and accepted(form, save):
        messages.success(request, _("The payment days are set. A colleague checks the draft."))
        return redirect("billing:invoice", number)
    context = {"invoice": found, "form": form, "version": version or found.version}
    return render(request, "billing/parts.html", context, status=422 if form.errors else 200)


def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Begin the corrected invoice of an issued one; whose matter it was is said with the reason."""
    viewer = viewer_of(request)
    old, whose = invoice_get(viewer, number), request.POST.get("whose", OURS)
    if whose not in (OURS, WISH):
        raise Refused("invalid", WRONG)
    reason, wished = request.POST.get("reason", ""), whose == WISH
    made = invoice_correct(invoice_id=old.pk, reason=reason, wished=wished, by=viewer.user, at=viewer.at)
    messages.success(request, _("The draft of the corrected invoice is made. Please put it right."))
    return redirect("billing:change", made.number)


def discard(request: HttpRequest, number: str) -> HttpResponse:
    """Throw a draft away."""
    viewer = viewer_of(request)
    draft_discard(invoice_id=invoice_get(viewer, number).pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The draft is thrown away. What it billed is to be billed again."))
    return redirect("billing:list")


def sent(request: HttpRequest, number: str) -> HttpResponse:
    """Note how an invoice went out."""
    viewer = viewer_of(request)
    found, how = invoice_get(viewer, number), request.POST.get("how", "")
    if how not in Invoice.Sent.values:
        raise Refused("invalid", WRONG)
    invoice_sent(invoice_id=found.pk, how=how, by=viewer.user, at=viewer.at)
    messages.success(request, _("It is noted that the invoice was sent."))
    return redirect("billing:invoice", found.number)


def received(request: HttpRequest, number: str) -> HttpResponse:
    """Note that the customer has it."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    invoice_received(invoice_id=found.pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("It is noted that the customer has the invoice."))
    return redirect("billing:invoice", found.number)
