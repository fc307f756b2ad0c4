"""お詫び状: the editor, what the print will look like, the issued letters."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incidents.forms.letter import LetterForm, Remark
from incidents.letterpage import begun, current, differing
from incidents.letters import Letter, marks_of, mend, press, preview_png
from incidents.models import IssuedLetter
from incidents.reading import Line
from incidents.selectors import incidents_visible
from incidents.services import paper_save
from incidents.steppage import StepPage, step_page
from incidents.steps.letter import LetterPaper, findings
from incidents.store import execute
from incidents.views.common import new_key, order_of
from incidents.words import done, kind_label, told
from office.errors import Refused
from office.http import viewer_of, whole_number

PAGE = 30
STEP = "letter"


def editor(request: HttpRequest, page: StepPage) -> HttpResponse:
    """Fields on the left, the PDF itself on the right; saving makes a fresh picture, with scripts or without."""
    signatory, letter = begun(page)
    if request.method != "POST":
        return _page(request, page, LetterForm(letter=letter, signatory=signatory, setting=page.setting))
    form = LetterForm(
        request.POST, letter=letter, signatory=signatory, setting=page.setting, more=request.POST.get("line", "")
    )
    if not form.is_valid():
        return _page(request, page, form, status=422)
    try:
        if request.POST.get("command") == "submit":
            outcome = execute(
                viewer=page.whole.view.viewer, number=page.incident.number,
                order=order_of(request, "submit", STEP, form.as_paper()),
            )  # fmt: skip
            messages.success(request, done("submit", STEP, outcome.incident))
            return redirect("incidents:detail", page.incident.number)
        return _saved(request, page, form)
    except Refused as refused:
        return _refused(request, page, form, refused)


@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter of the incidents this viewer may open, newest first."""
    mine = incidents_visible(viewer_of(request)).values("pk")
    rows = IssuedLetter.objects.filter(incident__in=mine).select_related("incident__customer", "approved_by")
    page = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "incidents/letters.html", {"page": page})


@require_GET
def letter_preview(request: HttpRequest, number: str) -> HttpResponse:
    """The first page as a picture, made from the very PDF: of the draft, of what was submitted, or of the issued.

    Until it is issued, the words that 文面の確認 is about are underlined: on the picture only, never on paper.
    """
    page = step_page(viewer_of(request), number, STEP)
    return _private(HttpResponse(preview_png(_pdf(page, marks=True)), content_type="image/png"))


@require_GET
def letter_draft(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF of what is being written or was submitted, 下書き across it."""
    page = step_page(viewer_of(request), number, STEP)
    name = f"{_('draft')}_{number}.pdf"
    return _as_pdf(_pdf(page), name)


@require_GET
def letter_pdf(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """An issued letter: the frozen bytes."""
    mine = incidents_visible(viewer_of(request)).filter(number=number).values("pk")
    found = IssuedLetter.objects.select_related("file").filter(incident__in=mine, pk=pk, file__isnull=False).first()
    if found is None or found.file is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return _as_pdf(bytes(found.file.data), found.file.name)


def _pdf(page: StepPage, *, marks: bool = False) -> bytes:
    issued = IssuedLetter.objects.select_related("file").filter(incident=page.incident).order_by("-pk").first()
    if issued and issued.file and page.progress.state == "done":
        return bytes(issued.file.data)
    signatory, letter = current(page)
    found = findings(LetterPaper(signatory=signatory, letter=letter), page.setting) if marks else ()
    return press().pdf(letter, draft=True, marks=marks_of(found)).data


def _as_pdf(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    """Not for any cache between us and the reader."""
    answer["Cache-Control"] = "private, no-store"
    return answer


def _saved(request: HttpRequest, page: StepPage, form: LetterForm) -> HttpResponse:
    """Keep the letter, a cure applied where one was asked for, and show it afresh."""
    letter, signatory = form.made(), form.cleaned_data["signatory"]
    if token := request.POST.get("mend", ""):
        letter = _mended(letter, signatory, page, form, token)
    version = request.POST.get("row_version", "0")
    data = {"signatory": signatory, "letter": letter.model_dump(mode="json", exclude={"seal"})}
    row = paper_save(
        viewer=page.whole.view.viewer, incident=page.incident, step=STEP, data=data,
        row_version=whole_number(version),
    )  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "incidents/_saved.html", {"row_version": row.row_version, "at": row.at})
    messages.success(request, _("Saved."))
    more = f"?more={request.POST['line']}#more" if request.POST.get("line") else ""
    return redirect(reverse("incidents:step", args=[page.incident.number, STEP]) + more)


def _mended(letter: Letter, signatory: int, page: StepPage, form: LetterForm, token: str) -> Letter:
    found = findings(LetterPaper(signatory=signatory, letter=letter), page.setting)
    asked = next((finding for finding in found if Remark(form, finding).token == token), None)
    return mend(letter, asked) if asked else letter


def _refused(request: HttpRequest, page: StepPage, form: LetterForm, refused: Refused) -> HttpResponse:
    words = told(refused, page.incident, page.now)
    if refused.code != "conflict" and refused.field and form.place_of(refused.field):
        form.refuse(refused, words)
        words = ""
    if request.headers.get("HX-Request"):
        context = {"refusal": words, "row_version": request.POST.get("row_version", "0")}
        return render(request, "incidents/_not_saved.html", context, status=refused.status)
    there = page.paper or page.submissions
    other = differing(begun(page)[1], form, form.made()) if refused.code == "conflict" and there else []
    return _page(request, page, form, words, refused.status, other)


def _page(
    request: HttpRequest, page: StepPage, form: LetterForm, refusal: str = "", status: int = 200,
    other: Sequence[Line] = (),
) -> HttpResponse:  # fmt: skip
    more = request.GET.get("more", "")
    if more and not form.is_bound:
        form = LetterForm(
            letter=form.letter, signatory=int(form["signatory"].value() or 0), setting=page.setting, more=more
        )
    letter, signatory = _as_it_stands(form)
    found = findings(LetterPaper(signatory=signatory, letter=letter), page.setting)
    remarks = [Remark(form, finding) for finding in found]
    context = {
        "page": page, "incident": page.incident, "form": form, "at": page.now, "refusal": refusal, "key": new_key(),
        "kind": kind_label(page.incident), "letter": letter, "musts": [r for r in remarks if r.must],
        "looks": [r for r in remarks if not r.must], "edition": len(page.submissions) + 1,
        "about": _beside(remarks), "row_version": _row_version(request, page), "other": other,
    }  # fmt: skip
    return render(request, "incidents/letter.html", context, status=status)


def _row_version(request: HttpRequest, page: StepPage) -> int:
    """The version the writer started from; after a clash the newest, so that a second save keeps the writer's text."""
    return page.paper.row_version if page.paper else 0


def _as_it_stands(form: LetterForm) -> tuple[Letter, int]:
    """What the form holds, or what it started from while it holds something that does not fit."""
    if form.is_bound and form.is_valid():
        return form.made(), form.cleaned_data["signatory"]
    return form.letter, int(form.initial["signatory"])


def _beside(remarks: list[Remark]) -> dict[str, list[Remark]]:
    """The findings by the field they are about."""
    found: dict[str, list[Remark]] = {}
    for remark in remarks:
        if remark.bound:
            found.setdefault(remark.bound.name, []).append(remark)
    return found
