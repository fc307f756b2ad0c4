"""よくあるご質問: which slips come most often with what, and the questions written from them (practice 2-17)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext

from customers.search import normalise, words
from incidents.models import NOT_COUNTED, Faq, Incident, Submission
from incidents.phrasebank import OPEN, SUB_CAUSES
from incidents.selectors import incidents_visible
from office.viewer import Viewer

SINCE = timedelta(days=365)
HEARING = "hearing"
MOST = 20  # rows of the count
SHOWN = 100  # questions on the page


@dataclass(frozen=True)
class Often:
    """How often one sub-cause came with one product or subject; the subject is empty where nobody named it."""

    subject: str
    sub_cause: str
    count: int

    @property
    def label(self) -> str:
        """What the sub-cause is called."""
        return gettext(SUB_CAUSES[self.sub_cause])


def often(viewer: Viewer) -> list[Often]:
    """What came most often in the last twelve months, of the incidents this viewer may open; one statement."""
    return _counted(viewer, Incident.objects.all())


def often_of(viewer: Viewer, incident: Incident) -> list[Often]:
    """The same of one customer: what a training would help with."""
    return _counted(viewer, Incident.objects.filter(customer=incident.customer_id))


def _counted(viewer: Viewer, among: QuerySet[Incident]) -> list[Often]:
    mine = incidents_visible(viewer).exclude(state__in=NOT_COUNTED) & among
    rows = Submission.objects.filter(step=HEARING, incident__in=mine.order_by().values("pk"), at__gte=viewer.at - SINCE)
    newest = dict(rows.order_by("submission").values_list("incident", "text"))  # heard again, the last word counts
    named: dict[str, str] = {}
    found: Counter[tuple[str, str]] = Counter()
    for text in newest.values():
        paper = json.loads(text)
        if paper.get("sub_cause", OPEN) != OPEN:
            subject = str(paper.get("subject", ""))
            found[normalise(subject), paper["sub_cause"]] += 1
            named.setdefault(normalise(subject), subject)
    return [Often(named[subject], cause, n) for (subject, cause), n in found.most_common(MOST)]


def faqs(query: str = "", sub_cause: str = "") -> QuerySet[Faq]:
    """The questions in use, by what they are about; narrowed to words and to a sub-cause."""
    found = Faq.objects.filter(ended_at=None).select_related("by")
    if sub_cause in SUB_CAUSES:
        found = found.filter(sub_cause=sub_cause)
    for word in words(query):
        found = found.filter(search__contains=word)
    return found


def faqs_about(subject: str) -> list[Faq]:
    """The questions in use about one product or subject, five at most; none where nobody named it."""
    return [row for row in faqs() if normalise(row.subject) == normalise(subject)][:5] if subject else []
