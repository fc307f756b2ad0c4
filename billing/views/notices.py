"""変更のお知らせ: the list, writing one, its second check, sending it, and each customer's copy."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from billing.models import ChangeNotice, NoticeCopy
from billing.notice_forms import AcknowledgeForm, DayOfPostForm, NoticeForm, ObjectForm, TellForm
from billing.notice_letters import Copies, letter_bytes, proof
from billing.selectors.notices import (
    copies_visible,
    copy_get,
    may_check,
    notice_get,
    notice_whole,
    notices_visible,
    sees_whole,
)
from billing.services import (
    copy_acknowledge,
    copy_object,
    copy_tell,
    copy_unacknowledge,
    notice_change,
    notice_check,
    notice_draft,
    notice_posted,
    notice_refuse,
    notice_send,
    notice_withdraw,
)
from billing.views.paper import all_in_one
from customers.selectors import contacts_of, keeps, writes
from office.clock import local_day
from office.http import accepted, viewer_of, whole_number
from office.letter import preview_png
from office.roles import Role
from office.viewer import Viewer

PAGE = 50
DECIDES = (Role.BILLING, Role.MANAGER, Role.BRANCH_HEAD, Role.DIRECTOR)
State = ChangeNotice.State


def notices(request: HttpRequest) -> HttpResponse:
    """The viewer's notices: those being written or answered; or those that are over."""
    viewer, shown = viewer_of(request), request.GET.get("state", "open")
    found = notices_visible(viewer)
    today = local_day(viewer.at)
    over = found.filter(effective_on__lt=today) | found.filter(state=State.WITHDRAWN)
    going = found.filter(effective_on__gte=today).exclude(state=State.WITHDRAWN)
    page = Paginator(over if shown == "over" else going, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "shown": "over" if shown == "over" else "open", "keeps": keeps(viewer), "today": today}
    return render(request, "billing/notices.html", context)


def notice_new(request: HttpRequest) -> HttpResponse:
    """Write a notice; ?kind= says what changes."""
    viewer = viewer_of(request)
    form = NoticeForm(request.POST or None, viewer=viewer, kind=_kind(request, ChangeNotice.Kind.PRICE))
    made: list[ChangeNotice] = []

    def draft() -> None:
        key = f"hand:{form.cleaned_data['idempotency']}"
        made.append(notice_draft(words=form.words(), by=viewer.user, at=viewer.at, key=key))

    if request.method == "POST" and accepted(form, draft):
        messages.success(request, _("The notice is written. A colleague checks it before it goes out."))
        return redirect("billing:notice", made[0].number)
    context = {"form": form, "kinds": ChangeNotice.Kind.choices, "kind": form.initial["kind"]}
    return render(request, "billing/notice_new.html", context, status=422 if form.errors else 200)


def _kind(request: HttpRequest, otherwise: str) -> str:
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    return asked if asked in ChangeNotice.Kind.values else otherwise


def notice(request: HttpRequest, number: str) -> HttpResponse:
    """One notice: what it says, who checks it, who has answered."""
    return _page(request, notice_get(viewer_of(request), number))


def change(request: HttpRequest, number: str) -> HttpResponse:
    """Change one that has not gone out."""
    viewer = viewer_of(request)
    found = notice_whole(viewer, number)
    if found.state not in (State.DRAFT, State.CHECKED):
        return redirect("billing:notice", number)
    form = NoticeForm(request.POST or None, viewer=viewer, kind=found.kind, notice=found)
    version = whole_number(request.POST.get("version", ""), found.version)

    def write() -> None:
        notice_change(notice_id=found.pk, words=form.words(), version=version, by=viewer.user, at=viewer.at)

    if request.method == "POST" and accepted(form, write):
        messages.success(request, _("The notice is changed. It is checked anew."))
        return redirect("billing:notice", number)
    context = {"form": form, "notice": found, "version": version, "kind": found.kind}
    return render(request, "billing/notice_new.html", context, status=422 if form.errors else 200)


def check(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm it as it was read, after a letter of it could be printed."""

    def confirm(viewer: Viewer, found: ChangeNotice) -> None:
        proof(found)
        version = whole_number(request.POST.get("version", ""))
        notice_check(notice_id=found.pk, version=version, by=viewer.user, at=viewer.at)

    return _acted(request, number, confirm, _("The notice is checked. It may go out."))


def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Send it back to whoever wrote it."""

    def send_back(viewer: Viewer, found: ChangeNotice) -> None:
        reason, version = request.POST.get("reason", ""), whole_number(request.POST.get("version", ""))
        notice_refuse(notice_id=found.pk, version=version, reason=reason, by=viewer.user, at=viewer.at)

    return _acted(request, number, send_back, _("The notice is sent back."))


def send(request: HttpRequest, number: str) -> HttpResponse:
    """Let it go out."""

    def go(viewer: Viewer, found: ChangeNotice) -> None:
        in_care_too = "in_care_too" in request.POST
        notice_send(notice_id=found.pk, in_care_too=in_care_too, by=viewer.user, at=viewer.at)

    return _acted(request, number, go, _("The notice is going out."))


def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw it, with the reason."""

    def off(viewer: Viewer, found: ChangeNotice) -> None:
        notice_withdraw(notice_id=found.pk, reason=request.POST.get("reason", ""), by=viewer.user, at=viewer.at)

    return _acted(request, number, off, _("The notice is withdrawn."))


def posted(request: HttpRequest, number: str) -> HttpResponse:
    """Note that its letters were posted."""
    form = DayOfPostForm(request.POST)

    def note(viewer: Viewer, found: ChangeNotice) -> None:
        notice_posted(notice_id=found.pk, on=form.cleaned_data["on"], by=viewer.user, at=viewer.at)

    return _acted(request, number, note, _("It is noted that the letters were posted."), form)


def _acted(
    request: HttpRequest,
    number: str,
    act: Callable[[Viewer, ChangeNotice], None],
    done: str,
    form: Form | None = None,
) -> HttpResponse:
    """Do it and go back to the page; what is refused stands there."""
    viewer = viewer_of(request)
    found = notice_whole(viewer, number)
    form = form or Form(request.POST)
    if accepted(form, lambda: act(viewer, found)):
        messages.success(request, done)
        return redirect("billing:notice", number)
    return _page(request, found, form)


def _page(request: HttpRequest, found: ChangeNotice, refused: Form | None = None) -> HttpResponse:
    viewer = viewer_of(request)
    whole, today = sees_whole(viewer, found), local_day(viewer.at)
    copies = list(copies_visible(viewer).filter(notice=found).defer("paper"))
    drafted = Copies(found) if whole and found.state in (State.DRAFT, State.CHECKED) else None
    decides = whole and any(viewer.has(role) for role in DECIDES)
    context = {
        "notice": found, "copies": copies, "refused": refused, "today": today,
        "without_change": drafted.without_change if drafted else (),
        "changes": drafted.letters.changes(drafted.rows[0].customer) if drafted and drafted.rows else (),
        "in_care": len(drafted.in_care) if drafted else 0,
        "to_post": sum(row.state == NoticeCopy.State.POST for row in copies),
        "printed": all(row.file_id for row in copies if row.state == NoticeCopy.State.POST),
        "sample": copies[0] if copies else None,
        "decides": decides, "changes_it": whole and keeps(viewer),
        "checks": decides and may_check(found, viewer.user, viewer.at),
        "writes": writes(viewer),
    }  # fmt: skip
    return render(request, "billing/notice.html", context, status=422 if refused else 200)


def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer's copy, and what the customer says to it."""
    return _copy_page(request, copy_get(viewer_of(request), pk), {})


def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell this customer: by mail, or noted as posted or said."""
    viewer = viewer_of(request)
    found, form = copy_get(viewer, pk), TellForm(request.POST, today=local_day(viewer.at))
    return _copied(request, found, "tell", form, _("It is noted how the customer is told."), lambda: copy_tell(
        copy_id=pk, by=viewer.user, at=viewer.at, **form.cleaned_data))  # fmt: skip


def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer has acknowledged it."""
    viewer = viewer_of(request)
    found = copy_get(viewer, pk)
    form = AcknowledgeForm(request.POST, customer_id=found.customer_id)
    return _copied(request, found, "acknowledge", form, _("The acknowledgement is recorded."), lambda: copy_acknowledge(
        copy_id=pk, said=form.said(), by=viewer.user, at=viewer.at))  # fmt: skip


def unacknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an acknowledgement back."""
    viewer = viewer_of(request)
    found, form = copy_get(viewer, pk), Form(request.POST)
    reason = request.POST.get("reason", "")
    return _copied(request, found, "back", form, _("The acknowledgement is taken back."), lambda: copy_unacknowledge(
        copy_id=pk, reason=reason, by=viewer.user, at=viewer.at))  # fmt: skip


def object_(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer has a question or does not agree: it goes on as a question with its day."""
    viewer = viewer_of(request)
    found = copy_get(viewer, pk)
    form = ObjectForm(request.POST, customer_id=found.customer_id, auto_id="object_%s")

    def note() -> None:
        key = f"hand:{form.cleaned_data['idempotency']}"
        copy_object(
            copy_id=pk, said=form.said(), words=form.cleaned_data["words"], by=viewer.user, at=viewer.at, key=key
        )

    if accepted(form, note):
        messages.success(request, _("The question is noted. It stands on Today of whoever answers."))
        found = copy_get(viewer, pk)
        return redirect("billing:inquiry", found.objection.number if found.objection else "")
    return _copy_page(request, found, {"object": form}, status=422)


def _copied(
    request: HttpRequest, found: NoticeCopy, name: str, form: Form, done: str, act: Callable[[], object]
) -> HttpResponse:
    if accepted(form, act):
        messages.success(request, done)
        return redirect("billing:notice_copy", found.pk)
    return _copy_page(request, found, {name: form}, status=422)


def _copy_page(request: HttpRequest, found: NoticeCopy, bound: dict[str, Form], status: int = 200) -> HttpResponse:
    viewer = viewer_of(request)
    forms: dict[str, Form] = {
        "tell": TellForm(today=local_day(viewer.at)),
        "acknowledge": AcknowledgeForm(customer_id=found.customer_id),
        "object": ObjectForm(customer_id=found.customer_id, auto_id="object_%s"),
    }
    context = {
        "copy": found, "notice": found.notice, "customer": found.customer, "forms": forms | bound,
        "refused": next(iter(bound.values()), None), "contacts": contacts_of(found.customer_id),
        "writes": writes(viewer), "us": viewer.user, "today": local_day(viewer.at),
        "is_sent": found.notice.state == State.SENT,
        "waits": found.state in (NoticeCopy.State.HELD, NoticeCopy.State.POST, NoticeCopy.State.BOUNCED),
    }  # fmt: skip
    return render(request, "billing/notice_copy.html", context, status=status)


def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter to one customer: the stored bytes once it is printed, 下書き across it before it goes out."""
    found = copy_get(viewer_of(request), pk)
    answer = HttpResponse(letter_bytes(found), content_type="application/pdf")
    name = f"{found.notice.number}_{found.customer.name}.pdf"
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    answer["Cache-Control"] = "private, no-store"
    return answer


def post_letters(request: HttpRequest, number: str) -> HttpResponse:
    """All letters of a notice that are to be posted, as one PDF to print. Not found when there is none."""
    viewer = viewer_of(request)
    copies = copies_visible(viewer).filter(notice=notice_whole(viewer, number), state=NoticeCopy.State.POST)
    return all_in_one((letter_bytes(copy) for copy in copies), request, f"{number}.pdf")


def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Its first page as a picture."""
    data = preview_png(letter_bytes(copy_get(viewer_of(request), pk)))
    answer = HttpResponse(data, content_type="image/png")
    answer["Cache-Control"] = "private, no-store"
    return answer
