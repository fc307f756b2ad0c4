"""Who did what, when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from office.http import viewer_of, whole_number
from office.selectors import journal_page
from office.settings_forms import JournalForm


def journal(request: HttpRequest) -> HttpResponse:
    """The journal, newest first; ?before= carries on where the last page ended."""
    form = JournalForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    before = request.GET.get("before", "")
    page = journal_page(
        before=whole_number(before),
        query=asked.get("q", ""),
        day=asked.get("day"),
        viewer=viewer_of(request),
    )
    context = {"form": form, "page": page, "first": not before}
    return render(request, "office/journal.html", context, status=200 if form.is_valid() else 400)
