"""What a command costs the database: six statements besides transaction control, and what its paper adds."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Promise
from customers.services import promise_keep
from incidents import store
from incidents.engine import LIFE, VERBS
from incidents.models import Photo
from incidents.turn import Done
from office.models import User
from office.services import file_store
from tests.billing.test_records import delivered
from tests.job import Job

pytestmark = pytest.mark.django_db
SAID = {"consequence": "機械を取り替えてほしい", "expects": "窓口の方の説明", "said_by_name": "岡本様"}
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
MOST = 6  # lock, ids, frozen paper or note, entry, projection, activities
# What a paper itself asks and writes beside the command.
OWN = {
    ("change_kind", ""): 1,  # the earlier ones of this kind
    ("choose_boss", ""): 1,  # our people
    ("advise", ""): 1,  # the leaf
    ("dissent", ""): 1,  # the leaf
    ("rehearse", ""): 3,  # who speaks, the sheet before it, the leaf
    ("ask_opinion", ""): 4,  # the people, the leaf, its readers
    ("ask_outside_view", ""): 2,  # the people, the leaf
    ("answer_opinion", ""): 6,  # the question and whether it is theirs, the leaf, its readers, the end of the question
    ("share_opinion", ""): 3,  # the answer, whether it is theirs, that it is open
    ("withdraw_opinion", ""): 3,  # the question and whether it is theirs, its end
    ("ask_accompaniment", ""): 2,  # the people, the leaf
    ("answer_accompaniment", ""): 3,  # the request, the leaf, the end of the request
    ("withdraw", ""): 2,  # the promises that fall with it
    ("void", ""): 3,  # and the measures
    ("merge", ""): 3,  # which incident; the promises that go along
    ("rest", ""): 4,  # whom the lesson names: firms, people; the lesson before it, the leaf
    ("split", ""): 30,  # a second incident: its number, row, rule for repeats, first report, care; what goes along
    ("start", "visit"): 3,  # the words of the arrangement, as they were and as they are; whether two go
    ("submit", "visit"): 1,  # the next promise, or the mail to the boss once we are asked to stay away
    ("prepare_alternatives", ""): 6,  # our people, the leaf, its readers (old, new), what it replaces
    ("agree_alternatives", ""): 3,  # the set, whether one may read it, its state
    ("return_alternatives", ""): 7,  # the same, and the reason with its readers
    ("open_alternatives", ""): 1,  # the sets that open
    ("offer_made", ""): 1,  # the set it names
    ("agreement", ""): 1,  # the promise
    ("loss_sheet", ""): 1,  # the sheet it replaces
    ("note_claims", ""): 1,
    ("note_listening", ""): 3,  # the customer's people, the contact, the leaf
    ("note_photos", ""): 3,  # the photos, the leaf, that they are recorded
    ("note_papers", ""): 2,  # the customer's people, the leaf
    ("sign_off", ""): 5,  # the items, the promise and its end with journal and row
    ("name_machine", ""): 2,  # the earlier ones of this kind; what finds it
    ("name_references", ""): 3,  # what bears the number
    ("note_risk", ""): 5,  # the customer's people, ours, the leaf, the mails
    ("lift_risk", ""): 3,  # the risk and its end, the leaf
    ("note_recovery", ""): 2,  # the one before it, the leaf
    ("note_referral", ""): 2,  # the customer's people, the leaf
    ("note_abuse", ""): 3,  # who decides, the leaf, its readers
    ("answer_abuse", ""): 6,  # the record and whether one may read it, the leaf, its readers, the end of the record
    ("set_repair_period", ""): 2,  # the period it replaces, the leaf
    ("log_repair", ""): 2,  # our people, the leaf
    ("told_to_customer", ""): 2,  # to whom, the promise
    ("approve", "compensation"): 1,  # what was promised by an earlier decision
    ("submit", "prevention"): 1,  # the measures
    ("submit", "effect_check"): 5,  # what our record shows: measures, the check before, nights, repeats, promises
    ("submit", "hand_over"): 2,  # which letter is in print; when it reached the customer
    # the record it is held against: plan, report, delivery and its lines, repair, people, company, history, other names
    ("submit", "letter"): 10,
    ("set_final_date", ""): 2,  # whose person said it, and the leaf
    ("confirm_final_date", ""): 2,
    ("move_final_date", ""): 4,  # who agreed; the leaf in force is locked and dated anew, the agreement written
    ("meet_final_date", ""): 4,
    ("lift_final_date", ""): 4,
    ("ask_absence", ""): 3,  # whose person agreed, our people, the leaf
    ("allow_absence", ""): 2,  # the leaf is locked and settled
    ("refuse_absence", ""): 3,  # and the reason kept
    ("approve", "letter"): 8,  # the paper, the letter it replaces, company, a number without gaps, the letter
}


class Counted(Job):
    """A job that notes what each command has cost."""

    def __init__(self, *args: Any, **report: Any) -> None:
        super().__init__(*args, **report)
        self.costs: dict[tuple[str, str], list[str]] = {}  # (command, step) to its statements

    def do(self, user: User, name: str, step: str = "", data: dict[str, Any] | None = None, key: str = "") -> Done:
        if data is None:
            data = self.offers(user)[name, step]["schema"]["example"]
        viewer, order = self.viewer(user), self.order(name, step, data, key)
        with CaptureQueriesContext(connection) as asked:
            done = store.execute(viewer=viewer, number=self.number, order=order)
        self.costs[name, step] = [sql for query in asked if not (sql := query["sql"]).startswith(CONTROL)]
        return done


def around_the_visit(job: Counted) -> None:
    """Advice, opinions and company; the visit comes round again and is gone to."""
    rep, manager = job.cast.rep, job.cast.manager
    for command in ("advise", "dissent"):
        job.do(manager, command)
    job.do(rep, "ask_opinion")
    job.do(manager, "answer_opinion")
    job.do(rep, "submit", "plan")
    job.do(rep, "share_opinion")
    job.do(rep, "ask_opinion")
    job.do(rep, "withdraw_opinion")
    job.do(rep, "ask_outside_view")
    job.do(rep, "bring_back_plan")
    job.do(rep, "submit", "plan")
    job.do(manager, "approve", "plan")
    job.do(rep, "rehearse")
    job.do(manager, "reopen", "visit")
    job.do(rep, "start", "visit")
    job.do(rep, "ask_accompaniment")
    job.do(manager, "answer_accompaniment")
    for command in ("read_brief", "on_the_way", "told_late", "arrived"):
        job.do(rep, command, "visit")
    job.do(rep, "submit", "visit", {"met": [job.cast.okamoto.pk], "reaction": "banned"})
    job.do(manager, "read_result")
    job.do(manager, "choose_way")


def test_a_command_takes_six_statements(cast: SimpleNamespace, at: datetime) -> None:
    job = Counted(cast, at, kind="untriaged")
    people = (cast.rep, cast.manager, cast.manager2, cast.branch, cast.director)
    for name in ("acknowledge", "change_kind", "set_severity", "assign"):
        job.do(cast.manager, name)
    job.do(cast.rep, "chase")
    job.do(cast.rep, "take_back_chase")
    for name in ("set_final_date", "confirm_final_date", "move_final_date", "ask_absence"):
        job.do(cast.rep, name)
    job.do(cast.manager, "refuse_absence")
    job.do(cast.rep, "ask_absence")
    job.do(cast.manager, "allow_absence")
    job.do(cast.rep, "meet_final_date")
    job.do(cast.rep, "set_final_date", data={**SAID, "day": f"{at:%Y-%m-%d}"})
    job.do(cast.rep, "arrive_on_day")
    job.do(cast.rep, "lift_final_date")
    job.do(cast.rep, "set_final_date")
    job.do(cast.rep, "lift_final_date")
    job.do(cast.rep, "note")
    job.do(cast.rep, "submit", "first_apology")
    for turn in ("take_back", "send_back", "approve_with_remark"):
        job.do(cast.rep, "submit", "plan")
        job.do(cast.rep if turn == "take_back" else cast.manager, turn, "plan")
    job.do(cast.manager, "reopen", "plan")
    job.do(cast.rep, "submit", "plan")
    job.do(cast.rep, "agreed_by_mouth", "plan")
    job.do(cast.manager, "skip", "compensation")
    job.do(cast.manager, "reopen", "compensation")
    job.do(cast.rep, "note_claims")
    job.do(cast.rep, "prepare_alternatives")
    job.do(cast.manager, "return_alternatives")
    job.do(cast.rep, "prepare_alternatives")
    for name in ("agree_alternatives", "open_alternatives"):
        job.do(cast.manager, name)
    for name in ("offer_made", "counter_offer", "agreement", "loss_sheet", "note_listening", "note_papers"):
        job.do(cast.rep, name)
    delivered(cast)
    job.do(cast.rep, "name_references")
    for name in ("pause", "end_pause"):
        job.do(cast.rep, name)
    photo = {name: file_store(name=name, content_type="", data=b"x", by=cast.rep, at=at) for name in ("file", "small")}
    sent = Photo.objects.create(incident=job.incident, by=cast.rep, at=at, **photo)
    job.do(cast.rep, "note_photos", data={"photos": [sent.pk]})
    job.do(cast.rep, "note_risk")
    job.do(cast.rep, "lift_risk")
    job.do(cast.rep, "note_abuse")
    job.do(cast.manager, "answer_abuse")
    for name in ("set_repair_period", "log_repair", "name_machine"):
        job.do(cast.rep, name)
    while job.forward(*people):
        pass
    job.do(cast.rep, "told_to_customer")
    for promise in Promise.objects.open():
        promise_keep(promise_id=promise.pk, evidence="電話でお伝えした", by=cast.rep, at=job.at)
    while job.forward(*people):
        pass
    for name in ("note_recovery", "note_referral"):
        job.do(cast.rep, name)
    job.do(cast.manager, "resume")
    around_the_visit(job)
    job.do(cast.rep, "choose_boss")
    job.do(cast.manager, "withdraw")
    job.do(cast.manager, "resume")
    job.do(cast.manager, "void")
    job.do(cast.manager, "resume")
    job.do(cast.manager, "rest")
    job.do(cast.manager, "resume")
    job.do(cast.manager, "split")
    Job(cast, at)
    job.do(cast.manager, "merge")
    done = {name for name, _step in job.costs}
    assert done == {*VERBS, *LIFE}
    over = {place: len(sqls) - MOST - OWN.get(place, 0) for place, sqls in job.costs.items()}
    assert {place: sum_ for place, sum_ in over.items() if sum_ > 0} == {}
