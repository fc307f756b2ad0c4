"""One file per sort of leaf: its paper, the commands that write and settle it, and what the timeline says of it."""

from collections.abc import Mapping

from incidents.leaves import (
    abuse,
    accompaniment,
    claims,
    counsel,
    final_date,
    handed,
    lesson,
    listening,
    opinion,
    photos,
    recovery,
    rehearsal,
    repair,
    residuals,
    risk,
)
from incidents.leaves.alternatives import ALTERNATIVES, ALTERNATIVES_BACK
from incidents.leaves.base import Sort, leaf_end, leaf_of, leaf_write, read_as, sealed
from incidents.leaves.losses import SHEET, TOLD_SORT
from incidents.leaves.offers import AGREEMENT, COUNTER_OFFER, OFFER
from incidents.models import Leaf
from incidents.steps.together import ABUSE

SORTS: Mapping[str, Sort] = {
    "advice": counsel.ADVICE,
    "dissent": counsel.DISSENT,
    "opinion": opinion.OPINION,
    "answer": opinion.ANSWER,
    "rehearsal": rehearsal.REHEARSAL,
    "accompany": accompaniment.ACCOMPANY,
    "reply": accompaniment.REPLY,
    "alternatives": ALTERNATIVES,
    "alternatives_back": ALTERNATIVES_BACK,
    "offer": OFFER,
    "counter_offer": COUNTER_OFFER,
    "agreement": AGREEMENT,
    "loss_sheet": SHEET,
    "claims": claims.SHEET,
    "listening": listening.SHEET,
    handed.HANDED: handed.SHEET,
    lesson.LESSON: lesson.SHEET,
    photos.PHOTOS: photos.SHEET,
    "told": TOLD_SORT,
    ABUSE: abuse.RECORD,
    abuse.ANSWER: abuse.ANSWER_SORT,
    residuals.SIGN_OFF: residuals.SHEET,
    risk.RISK: risk.RISK_SORT,
    recovery.RECOVERY: recovery.RECOVERY_SORT,
    recovery.REFERRAL: recovery.REFERRAL_SORT,
    risk.LIFTED: risk.LIFTED_SORT,
    repair.REPAIR_WINDOW: repair.WINDOW,
    repair.REPAIR_LOG: repair.DAY_LOG,
    **final_date.SORTS,
}


def leaf_words(leaf: Leaf) -> str:
    """What the timeline says of a leaf, to those who may read it."""
    sort = SORTS[leaf.sort]
    return sort.words(read_as(sort.paper, leaf))


__all__ = ["SORTS", "Sort", "leaf_end", "leaf_of", "leaf_words", "leaf_write", "read_as", "sealed"]
