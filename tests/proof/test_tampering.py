"""What the owner of the database changes behind our back is found, and named."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import F, Model

import office.verify
from incidents import verify
from incidents.engine.codec import case_to_json
from incidents.models import Checkpoint, Entry, Incident, IssuedLetter, Submission
from incidents.services import checkpoint
from office.hashing import canonical, digest
from office.models import File, JournalRow, Outbox
from office.services import journal_write
from tests.job import Job
from tests.proof.dice import again, dice, often
from tests.proof.owner import put_guards_aside

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """An incident with everything: papers, a letter in print, a second incident beside it, two checkpoints."""
    made = Job(cast, at).printed()
    made.do(cast.rep, "submit", "visit")
    Job(cast, at, kind="untriaged")
    journal_write(actor=cast.billing, verb="changed the terms", about="customer 1", at=at)
    assert checkpoint(at=at + timedelta(days=2)) == {"checkpoints": 2}
    assert found() == []
    put_guards_aside()
    return made


def found() -> list[str]:
    """Everything `manage.py verify` would say, but for the guards that these tests put aside."""
    return [line for check in (office.verify, verify) for line in check.problems() if not line.startswith("guard ")]


def entry(job: Job, seq: int) -> Entry:
    return Entry.objects.get(incident=job.incident, seq=seq)


def change(row: Model, **values: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**values)


def seal_again(job: Job, head: bool = True) -> None:
    """What a careful forger does: make every hash fit again, and the head too."""
    previous, seq = "", 0
    for row in Entry.objects.filter(incident=job.incident).order_by("seq"):
        change(row, previous=previous, hash=digest(row.body, previous))
        previous, seq = digest(row.body, previous), row.seq
    if head:
        change(job.incident, head_hash=previous, head_seq=seq)


def cut_the_tail(job: Job) -> None:
    last = entry(job, job.incident.head_seq)
    Entry.objects.filter(pk=last.pk)._raw_delete("default")
    story = verify.replayed(list(Entry.objects.filter(incident=job.incident).order_by("seq")))
    change(job.incident, head_seq=last.seq - 1, head_hash=last.previous, case=case_to_json(story.case))


def test_a_changed_entry_is_named(job: Job) -> None:
    row = entry(job, 3)
    change(row, body=row.body.replace("ours", "use"))
    assert f"incident {job.number} entry 3: the text does not match its hash" in found()


def test_an_entry_changed_with_all_its_hashes_is_found_by_the_checkpoint(job: Job) -> None:
    row = entry(job, 3)
    change(row, body=row.body.replace("ours", "both"))
    seal_again(job)
    assert any("differs from the checkpoint of 2026-11-24" in line for line in found())


def test_a_cut_tail_is_found_by_the_checkpoint(job: Job) -> None:
    cut = job.incident.head_seq
    cut_the_tail(job)
    assert f"incident {job.number} entry {cut}: differs from the checkpoint of 2026-11-24" in found()


def test_a_cut_tail_shows_by_the_paper_it_leaves_behind_before_any_checkpoint(job: Job) -> None:
    Checkpoint.objects.all()._raw_delete("default")
    Outbox.objects.filter(key__startswith="checkpoint:").delete()
    cut_the_tail(job)
    assert f"incident {job.number} visit submission 1: no entry knows it" in found()


def test_a_swapped_order_is_found(job: Job) -> None:
    second, third = entry(job, 2), entry(job, 3)
    change(second, seq=900)
    change(third, seq=2)
    change(second, seq=3)
    assert f"incident {job.number} entry 2: the text does not match its hash" in found()


def test_a_forged_insert_is_found(job: Job) -> None:
    last = entry(job, job.incident.head_seq)
    body = last.body.replace(f'"seq":{last.seq}', f'"seq":{last.seq + 1}').replace(last.key, "forged")
    Entry.objects.create(
        incident=job.incident, seq=last.seq + 1, at=last.at, actor=last.actor, key="forged", body=body,
        previous=last.hash, hash=digest(body, last.hash),
    )  # fmt: skip
    assert f"incident {job.number}: the head names entry {last.seq}, the chain ends at {last.seq + 1}" in found()


@pytest.mark.parametrize("column", ["at", "actor", "key"])
def test_an_entrys_columns_say_what_its_text_says(column: str, job: Job) -> None:
    row = entry(job, 2)
    other = {"at": row.at - timedelta(days=1), "actor": job.cast.branch, "key": "another"}
    change(row, **{column: other[column]})
    assert f"incident {job.number} entry 2: {column} differs from the text" in found()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "closed"), ("severity", "C"), ("wake_at", None), ("due", None), ("kind", "untriaged"),
        ("current", ""), ("pins", {}), ("aware_at", F("opened_at") - timedelta(days=1)), ("invoice", "S-9"),
        ("start_key", "x"), ("opened_at", F("opened_at") - timedelta(days=1)),
    ],
)  # fmt: skip
def test_an_edited_projection_is_found(column: str, value: Any, job: Job) -> None:
    change(job.incident, **{column: value})
    assert f"incident {job.number}: {column} differs from its entries" in found()


@pytest.mark.parametrize("column", ["owner", "created_by", "told_to", "customer"])
def test_another_person_in_charge_than_the_entries_say_is_found(column: str, job: Job) -> None:
    change(job.incident, **{column: job.cast.hokuriku if column == "customer" else job.cast.branch})
    assert f"incident {job.number}: {column} differs from its entries" in found()


@pytest.mark.parametrize("forge_hash", [False, True])
def test_a_changed_paper_is_found(forge_hash: bool, job: Job) -> None:
    row = Submission.objects.get(incident=job.incident, step="plan")
    change(row, text="{}", **({"sha256": digest("{}")} if forge_hash else {}))
    assert f"incident {job.number} plan submission 1: the text was changed" in found()


def test_a_lost_paper_is_found(job: Job) -> None:
    Submission.objects.filter(incident=job.incident, step="visit")._raw_delete("default")
    assert f"incident {job.number} visit submission 1: it is missing" in found()


def test_changed_bytes_of_a_letter_are_found(job: Job) -> None:
    letter = IssuedLetter.objects.get()
    File.objects.filter(letter=letter).update(data=b"%PDF another")
    assert f"file {letter.file_id} " in found()[0]


def test_changed_bytes_of_a_letter_with_their_fingerprint_are_found_by_the_checkpoint(job: Job) -> None:
    letter, data = IssuedLetter.objects.get(), b"%PDF another"
    File.objects.filter(letter=letter).update(data=data, size=len(data), sha256=hashlib.sha256(data).hexdigest())
    assert found() == [f"letter {letter.number}: its bytes differ from the checkpoint of 2026-11-24"]


def test_a_lost_letter_is_found(job: Job) -> None:
    IssuedLetter.objects.all()._raw_delete("default")
    assert found() == ["letter 営発2026-0001: it is missing; the checkpoint of 2026-11-24 knows it"]


def test_a_changed_checkpoint_is_found(job: Job) -> None:
    row = Checkpoint.objects.earliest("day")
    change(row, body=canonical({"day": "2026-11-24", "heads": {}, "letters": {}, "journal": ""}))
    assert "checkpoint 2026-11-24: the text does not match its hash" in found()


def test_checkpoints_made_anew_differ_from_what_was_mailed(job: Job) -> None:
    cut_the_tail(job)
    Submission.objects.filter(incident=job.incident, step="visit")._raw_delete("default")
    Checkpoint.objects.all()._raw_delete("default")
    checkpoint(at=job.at + timedelta(days=2))
    assert "checkpoint 2026-11-24: differs from what was mailed to the auditor" in found()


def test_a_missing_guard_is_told(job: Job) -> None:
    assert sum(line.startswith("guard incidents_") for line in verify.problems()) == 8


def test_verify_exits_with_one_and_prints_the_first_bad_row(job: Job) -> None:
    row = entry(job, 3)
    change(row, body=row.body.replace("ours", "use"))
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("verify", stdout=out)
    assert failed.value.returncode == 1
    assert f"incidents: incident {job.number} entry 3: the text does not match its hash" in out.getvalue()


# -- at random: any column of any sealed row

SEALED: dict[type[Model], tuple[str, ...]] = {
    Entry: ("seq", "at", "actor_id", "key", "body", "previous", "hash"),
    Submission: ("step", "submission", "text", "sha256"),
    Checkpoint: ("day", "body", "previous", "hash"),
    File: ("data", "sha256", "size"),
    IssuedLetter: ("number",),
    Incident: (
        "number", "customer_id", "owner_id", "team_id", "created_by_id", "told_to_id", "aware_at", "opened_at",
        "start_key", "kind", "state", "severity", "current", "due", "wake_at", "pins", "case", "head_seq", "head_hash",
    ),
}  # fmt: skip


def another(value: Any, luck: Random) -> Any:
    """A value of the same type that is not the same."""
    if isinstance(value, bytes | memoryview):
        data = bytearray(value)
        data[luck.randrange(len(data))] ^= 1 + luck.randrange(255)
        return bytes(data)
    if isinstance(value, str):
        place = luck.randrange(len(value) + 1)
        return (value[:place] + luck.choice("0123456789abcdef誠") + value[place + 1 :])[: max(1, len(value))] + (
            "" if value else "x"
        )
    if isinstance(value, dict):
        return {**value, "forged": luck.randrange(10)}
    if isinstance(value, int):
        return value + luck.randrange(1, 500)
    return value + timedelta(days=luck.randrange(1, 500)) if value else datetime.fromisoformat("2026-12-24T09:00+09:00")


def tamper(luck: Random) -> str:
    """Change, delete or copy one sealed row; what was done, in words. Nothing when it left the row as it was."""
    model = luck.choice(list(SEALED))
    row = luck.choice(list(model._default_manager.order_by("pk")))
    if model in (Entry, Submission, Checkpoint, IssuedLetter) and luck.random() < 0.2:
        if model is Submission:
            IssuedLetter.objects.filter(submission__pk=row.pk)._raw_delete("default")
        model._default_manager.filter(pk=row.pk)._raw_delete("default")
        return f"deleted {model.__name__} {row}"
    column = luck.choice(SEALED[model])
    value = getattr(row, column)
    forged = another(value, luck)
    if forged == value:
        return ""
    change(row, **{column: forged})
    return f"{model.__name__} {row}: {column} {value!r} -> {forged!r}"


def test_a_hundred_random_tampers_are_all_found(job: Job) -> None:
    luck, missed, done = dice(), [], 0
    while done < often(100, 1000):
        sid = transaction.savepoint()
        try:
            with transaction.atomic():
                what = tamper(luck)
        except IntegrityError:  # not even the owner can make two rows of one number
            what = ""
        done += bool(what)
        if what and not found():
            missed.append(what)
        transaction.savepoint_rollback(sid)
    assert not missed, f"{again()}: {missed}"


def test_a_changed_row_of_the_journal_is_found_by_the_checkpoint(job: Job) -> None:
    assert found() == []
    JournalRow.objects.filter(about="customer 1").update(detail="something else")
    assert "journal of 2026-11-24: a row was changed, added or taken away since the checkpoint" in found()


def test_a_journal_row_that_came_in_late_is_no_tampering(job: Job) -> None:
    journal_write(actor=job.cast.rep, verb="kept a promise", about="promise 1", at=job.at)
    assert found() == []
