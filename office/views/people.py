"""Colleagues, teams and stand-ins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from office.clock import local_day
from office.errors import Refused
from office.http import accepted, viewer_of
from office.models import User
from office.roles import APPROVERS, Role
from office.selectors import colleagues, stand_ins, teams
from office.services import person_create, person_update, stand_in_create, stand_in_delete, team_create
from office.settings_forms import PersonForm, StandInForm, TeamForm


def people(request: HttpRequest) -> HttpResponse:
    """Everybody, and who stands in for whom."""
    return _page(request)


def stand_in_add(request: HttpRequest) -> HttpResponse:
    """Name a stand-in: for oneself, or as admin for anybody."""
    viewer = viewer_of(request)
    form = StandInForm(request.POST, me=viewer.user, choose_absent=viewer.has(Role.ADMIN), at=viewer.at)

    def create() -> object:
        facts = {"absent": viewer.user, **form.cleaned_data}
        return stand_in_create(by=viewer.user, at=viewer.at, **facts)

    if accepted(form, create):
        messages.success(request, _("The stand-in is saved."))
        return redirect("office:people")
    return _page(request, stand_in=form)


def stand_in_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """End a stand-in's time."""
    viewer = viewer_of(request)
    stand_in_delete(pk=pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The stand-in is off the list."))
    return redirect("office:people")


def team_add(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    viewer = viewer_of(request)
    form = TeamForm(request.POST)
    if accepted(form, lambda: team_create(by=viewer.user, at=viewer.at, **form.cleaned_data)):
        messages.success(request, _("The team is saved."))
        return redirect("office:people")
    return _page(request, team=form)


def person_new(request: HttpRequest) -> HttpResponse:
    """Add a colleague."""
    viewer = viewer_of(request)
    form = PersonForm(request.POST or None, instance=User())
    if request.method == "POST" and accepted(
        form, lambda: person_create(by=viewer.user, at=viewer.at, **form.cleaned_data)
    ):
        messages.success(request, _("The colleague is saved."))
        return redirect("office:people")
    return _person_page(request, form)


def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a colleague, or change them."""
    viewer = viewer_of(request)
    row = User.objects.select_related("team", "boss").filter(pk=pk).first()
    if row is None:
        raise Refused("not_found", "There is no such colleague.")
    form = PersonForm(request.POST or None, instance=row)
    if request.method == "POST" and accepted(
        form, lambda: person_update(person=row, by=viewer.user, at=viewer.at, **form.cleaned_data)
    ):
        messages.success(request, _("The colleague is saved."))
        return redirect("office:people")
    return _person_page(request, form)


def _person_page(request: HttpRequest, form: PersonForm) -> HttpResponse:
    return render(request, "office/person.html", {"form": form}, status=422 if form.errors else 200)


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    viewer = viewer_of(request)
    admin = viewer.has(Role.ADMIN)
    labels = dict(Role.choices)
    context = {
        "admin": admin,
        "may_be_away": admin or bool(viewer.roles & APPROVERS),
        "people": [(row, [labels[role] for role in row.roles if role in labels]) for row in colleagues()],
        "teams": teams(),
        "stand_ins": [(row, admin or row.absent_id == viewer.user.pk) for row in stand_ins(day=local_day(viewer.at))],
        "stand_in": StandInForm(me=viewer.user, choose_absent=admin, at=viewer.at),
        "team": TeamForm(),
        **forms,
    }
    return render(request, "office/people.html", context, status=422 if forms else 200)
