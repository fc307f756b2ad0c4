"""Story 6: a forgotten appointment and a customer who has had enough; what the boss, others and the clock do."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Activity
from incidents import verify
from incidents.models import Leaf
from incidents.pages import whole
from incidents.services import briefs, wake
from office.clock import JST
from office.errors import Refused
from office.models import Outbox, User
from tests.job import Job

pytestmark = pytest.mark.django_db


def day(n: int, hour: int = 10, minute: int = 0) -> datetime:
    """A day of November 2026."""
    return datetime(2026, 11, n, hour, minute, tzinfo=JST)


def todo(user: User) -> list[str]:
    return list(Activity.objects.open().filter(who=user).values_list("label", flat=True))


def test_you_need_not_come_any_more(cast: SimpleNamespace) -> None:
    job = Job(
        cast,
        day(17, 10),
        kind="missed_appointment",
        summary="お約束の訪問をお忘れ。専務様より「もう来なくていい」とのお話",
    )
    job.do(cast.manager, "set_severity", data={"severity": "A"})
    job.do(cast.rep, "submit", "first_apology")

    # The boss knows one way; the rep puts another view beside it, and asks a third person in private.
    job.do(cast.manager, "advise", data={"text": "早朝に伺ってお詫びする", "reason": "私はそうしてきた"})
    job.do(cast.rep, "submit", "plan")
    job.do(cast.rep, "dissent", data={"text": "ご迷惑になる懸念があります。先にお電話を考えています"})
    job.do(cast.rep, "ask_opinion", data={"text": "伺う前に電話すべきでしょうか", "who": [cast.rep_b.pk]})
    assert [leaf.sort for leaf in whole(job.viewer(cast.manager), job.number).leaves] == ["advice", "dissent"]
    job.do(cast.rep_b, "answer_opinion")
    job.do(cast.rep, "share_opinion")
    job.do(cast.rep, "bring_back_plan")
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager, "approve", "plan", {})

    # The worst is rehearsed before the visit is arranged; the boss is asked to come along.
    visit = {"starts": day(19, 14).isoformat(), "attendees": [cast.rep.pk], "meets": [cast.okamoto.pk]}
    with pytest.raises(Refused, match="Rehearse"):
        job.do(cast.rep, "start", "visit", visit)
    job.do(cast.rep, "rehearse")
    job.do(cast.rep, "start", "visit", visit)
    job.do(cast.rep, "ask_accompaniment")
    job.do(cast.manager, "answer_accompaniment")
    briefs(at=day(18, 16, 30))
    briefs(at=day(19, 8))
    assert Outbox.objects.filter(key__contains=":brief:").count() == 4

    # Ten minutes after the start nobody has arrived; the arrival is recorded, and the bell is gone.
    wake(at=day(19, 14, 11))
    assert job.case.steps["visit"].level == 1
    job.at = day(19, 14, 12)
    job.do(cast.rep, "arrived", "visit")
    wake(at=day(19, 17))
    assert job.case.steps["visit"].level == 0
    assert not any(
        m.icon == "bell" and m.step == "visit" for m in whole(job.viewer(cast.rep), job.number).record.moments
    )

    # What was said there goes beyond a scolding: it is kept for few, the boss helps, and from now on two go.
    job.at = day(19, 15)
    borne = {"happened_at": day(19, 14, 20).isoformat(), "sort": "words", "text": "個人への言葉"}
    job.do(cast.rep, "note_abuse", data=borne)
    assert todo(cast.manager).count("Please look at this incident") == 1
    assert not any(leaf.sort == "abuse" for leaf in whole(job.viewer(cast.rep2), job.number).leaves)
    job.do(cast.manager, "answer_abuse")
    with pytest.raises(Refused, match="Two of us go"):
        job.do(cast.rep, "start", "visit", {**visit, "starts": day(20, 14).isoformat()})

    # How it went is told to everybody who advised, once.
    result = {"met": [cast.okamoto.pk], "reaction": "pending", "words": "しばらく様子を見る",
              "promise_by": (job.at + timedelta(days=3)).isoformat()}  # fmt: skip
    job.do(cast.rep, "submit", "visit", result)
    for user in (cast.manager, cast.rep_b):
        assert todo(user).count("How the visit went") == 1
        job.do(user, "read_result")
        assert "How the visit went" not in todo(user)

    # One apology is never the end: contact at 3 days, 1 and 2 weeks, 1, 2, 3 and 6 months.
    seen = []
    while follow_up := Activity.objects.open().filter(kind="follow_up", who=cast.rep).first():
        assert follow_up.due is not None
        job.at = follow_up.due - timedelta(hours=2)
        seen.append((job.at.date() - day(19).date()).days)
        job.do(cast.rep, "submit", "follow_up", {"how": "phone", "to": [cast.okamoto.pk], "reaction": "pending"})
    assert len(seen) == 7
    assert Leaf.objects.filter(sort="rehearsal").exists()
    assert list(verify.problems()) == []
