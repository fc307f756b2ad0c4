"""The start of the settings: what this person may set."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from office.http import viewer_of
from office.roles import APPROVERS, Role
from office.selectors import outbox_counts


def settings(request: HttpRequest) -> HttpResponse:
    """The list of pages; messages that could not be sent are counted for the admin."""
    viewer = viewer_of(request)
    admin = viewer.has(Role.ADMIN)
    context = {
        "admin": admin,
        "approves": bool(viewer.roles & APPROVERS),
        "audits": admin or viewer.has(Role.AUDITOR),
        "dead": outbox_counts().get("dead", 0) if admin else 0,
    }
    return render(request, "office/settings.html", context)
