"""Order against delivery, laid side by side before anything is handed over again (practice 2-32)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from incidents.steps.base import Facts, Kind, Setting, StepPaper, aware, future

Remedy = Literal["replace", "refund", "remove", "free_fitting", "open"]


class Comparison(StepPaper):
    """What was ordered, what came, what differs; what is owed to the customer for it, and by when."""

    ordered: str = ""
    delivered: str = ""
    difference: str = ""
    remedy: Remedy = "open"
    ready_by: Annotated[datetime | None, AfterValidator(aware)] = None


def facts(paper: Comparison, setting: Setting) -> Facts:
    """Whether the difference is known, and the remedy."""
    future(paper.ready_by, setting, "ready_by")
    return {"difference_stated": bool(paper.difference), "remedy": paper.remedy}


READY = {
    "replace": "正しい品とのお取替え",
    "refund": "誤った品のご返金",
    "remove": "誤った品の取外し",
    "free_fitting": "正しい品の無償取付け",
    "open": "対応のご連絡",
}


def ended(paper: Comparison, setting: Setting) -> None:
    """The remedy's day is promised to the customer."""
    setting.promise(READY[paper.remedy], paper.ready_by)


def example(setting: Setting) -> dict[str, Any]:
    """One letter at order entry."""
    return {
        "ordered": "継手 FC-16A 40個",
        "delivered": "継手 FC-16B 40個",
        "difference": "末尾の記号が違う。受注入力の際に一つ下の行を選んだ",
        "remedy": "replace",
        "ready_by": setting.moment(1).isoformat(),
    }


KIND = Kind(Comparison, facts, example, ended)
