"""Our own profile, seal and accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from office import tnumber
from office.http import accepted, viewer_of
from office.selectors import bank_accounts
from office.selectors import company as our_company
from office.services import bank_account_create, bank_account_delete, company_update, seal_store
from office.settings_forms import AccountForm, ProfileForm, SealForm


def company(request: HttpRequest) -> HttpResponse:
    """Show the profile, or change it."""
    viewer, row = viewer_of(request), our_company()
    form = ProfileForm(request.POST or None, instance=row)
    if request.method == "POST" and accepted(
        form, lambda: company_update(by=viewer.user, at=viewer.at, **form.cleaned_data)
    ):
        messages.success(request, _("The company profile is saved."))
        return redirect("office:company")
    return _page(request, profile=form)


def seal_upload(request: HttpRequest) -> HttpResponse:
    """Take a new picture of the seal."""
    viewer = viewer_of(request)
    form = SealForm(request.POST, request.FILES)

    def store() -> object:
        file = form.cleaned_data["file"]
        return seal_store(data=file.read(), name=file.name, by=viewer.user, at=viewer.at)

    if accepted(form, store):
        messages.success(request, _("The seal is saved."))
        return redirect("office:company")
    return _page(request, seal=form)


def seal(request: HttpRequest) -> HttpResponse:
    """The seal's picture."""
    stored = our_company().seal
    if stored is None:
        raise Http404
    answer = HttpResponse(bytes(stored.data), content_type=stored.content_type)
    answer["Cache-Control"] = "private, no-cache"
    return answer


def account_add(request: HttpRequest) -> HttpResponse:
    """Add a bank account."""
    viewer = viewer_of(request)
    form = AccountForm(request.POST)

    def create() -> object:
        known = ("bank", "branch", "kind", "number", "holder")
        return bank_account_create(by=viewer.user, at=viewer.at, **{name: form.cleaned_data[name] for name in known})

    if accepted(form, create):
        messages.success(request, _("The bank account is saved."))
        return redirect("office:company")
    return _page(request, account=form)


def account_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a bank account off the list."""
    viewer = viewer_of(request)
    bank_account_delete(pk=pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The bank account is off the list."))
    return redirect("office:company")


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    row = our_company()
    context = {
        "company": row,
        "profile": ProfileForm(instance=row),
        "seal": SealForm(),
        "account": AccountForm(),
        "accounts": bank_accounts(),
        "doubtful": tnumber.has_shape(row.t_number) and not tnumber.check_digit_fits(row.t_number),
        **forms,
    }
    wrong = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "office/company.html", context, status=422 if wrong else 200)
