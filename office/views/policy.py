"""The house rules in numbers."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from office import policy as rules
from office.http import accepted, viewer_of
from office.policy import number
from office.roles import Role
from office.selectors import policy as valid_policy
from office.selectors import policy_history, policy_table
from office.services import policy_set
from office.settings_forms import PolicyForm


def policy(request: HttpRequest) -> HttpResponse:
    """Every number, by app."""
    rows = policy_table(viewer_of(request).at)
    admin = viewer_of(request).has(Role.ADMIN)
    groups = [(label, list(found)) for label, found in groupby(rows, key=lambda row: rules.group_label(row.number.key))]
    return render(request, "office/policy.html", {"groups": groups, "admin": admin})


def policy_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Show one number with its history, or change it."""
    viewer, declaration = viewer_of(request), number(key)
    history = policy_history(key)
    now = valid_policy(key, viewer.at)
    initial = {"version": history[0].version if history else 0, "value": rules.written(now)}
    form = PolicyForm(request.POST or None, number=declaration, initial=initial)
    ahead = _ahead(request, form, key)
    if (
        request.method == "POST"
        and ahead is None
        and accepted(form, lambda: policy_set(key=key, by=viewer.user, at=viewer.at, **form.cleaned_data))
    ):
        messages.success(request, _("The house rule is saved."))
        return redirect("office:policy")
    context = {
        "admin": viewer.has(Role.ADMIN),
        "number": declaration,
        "now": rules.written(now),
        "delivered": rules.written(declaration.default),
        "history": history,
        "form": form,
        "ahead": ahead,
        "ahead_of": rules.written(form.cleaned_data["value"]) if ahead else "",
    }
    return render(request, "office/policy_edit.html", context, status=422 if form.errors else 200)


def _ahead(request: HttpRequest, form: PolicyForm, key: str) -> rules.Foresight | None:
    """What is under way and would be otherwise: shown once before the number is saved."""
    if request.method != "POST" or not form.is_valid():
        return None
    value = form.cleaned_data["value"]
    seen = request.POST.get("seen") == rules.written(value)  # of another number the reach is shown anew
    return None if seen else rules.foresight(viewer_of(request), key, value)
