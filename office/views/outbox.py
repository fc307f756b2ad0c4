"""Messages that could not be sent."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from office.errors import Refused
from office.http import sentence, viewer_of
from office.selectors import outbox_counts, outbox_oldest_due, outbox_troubles
from office.services import outbox_drop, outbox_retry
from office.settings_forms import DropForm


def outbox(request: HttpRequest) -> HttpResponse:
    """How sending goes, and what waits for a decision."""
    return _page(request)


def outbox_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message again."""
    viewer = viewer_of(request)
    outbox_retry(pk=pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The message will be sent again."))
    return redirect("office:outbox")


def outbox_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a message unsent, with a reason."""
    viewer = viewer_of(request)
    form = DropForm(request.POST, prefix=str(pk))
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        outbox_drop(pk=pk, reason=reason, by=viewer.user, at=viewer.at)
    except Refused as refused:
        if refused.code != "incomplete":
            raise
        if not form.errors:
            form.add_error("reason", sentence(refused))
        return _page(request, {pk: form}, status=refused.status)
    messages.success(request, _("The message stays unsent."))
    return redirect("office:outbox")


def _page(request: HttpRequest, refused: Mapping[int, DropForm] | None = None, status: int = 200) -> HttpResponse:
    rows, bound = outbox_troubles(), refused or {}
    context = {
        "rows": [(row, bound.get(row.pk) or DropForm(prefix=str(row.pk))) for row in rows],
        "counts": outbox_counts(),
        "oldest": outbox_oldest_due(viewer_of(request).at),
    }
    return render(request, "office/outbox.html", context, status=status)
