"""Letters of walked incidents: worded like all others, with a small sheet in place of a printing that takes seconds."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_jp import serif_path

from config.demo.people import PROFILE
from config.demo.scale.walk import Walk
from incidents.letters import Addressee, Contact, Facts, Letter, Measure, Seal, Sender, draft
from incidents.models import IssuedLetter, Submission
from incidents.steps.letter import LetterPaper
from office.clock import local_day
from office.models import File, User

SHEET = "一括生成データの控え"


def write_letter(walk: Walk, at: datetime, bears: User) -> Submission:
    """The letter is drafted and submitted; returns its frozen copy."""
    letter = _draft(walk, local_day(at), bears)
    facts = {"signatory": bears.pk, "must_fix": 0, "gravity": letter.gravity}
    return walk.submit_read(at, walk.owner, "owner", "letter", LetterPaper(signatory=bears.pk, letter=letter), facts)


def approve_letter(walk: Walk, at: datetime, bears: User, copy: Submission) -> None:
    """Approved, numbered by its year, and "in print"."""
    walk.give(at, bears, "signatory", "approve", "letter")
    number = walk.letter_number(local_day(at).year)
    data = sheet_pdf()
    file = File(sha256=hashlib.sha256(data).hexdigest(), name=f"{number}.pdf", content_type="application/pdf",
                size=len(data), data=data, by=bears, at=at)  # fmt: skip
    walk.rows.files.append(file)
    walk.letter = IssuedLetter(
        pk=walk.key(IssuedLetter), incident=walk.incident, submission=copy, number=number, approved_by=bears,
        approved_at=at, file=file, issued_at=at, attempts=1,
    )  # fmt: skip
    walk.rows.letters.append(walk.letter)


def hand_over(walk: Walk, at: datetime) -> None:
    """It reaches the customer."""
    if walk.letter is not None:
        facts = {"how": "handed", "to": [walk.contact.pk], "letter": walk.letter.pk}
        walk.submit_facts(at, "hand_over", {"how": "handed", "to": [walk.contact.pk]}, facts)
        walk.letter.handed_over_at = at


@cache
def sheet_pdf() -> bytes:
    """One small page, the same for all."""
    page = Image.new("1", (420, 594), 1)
    ImageDraw.Draw(page).text((210, 90), SHEET, 0, ImageFont.truetype(serif_path(), 24), anchor="mm")
    out = BytesIO()
    page.save(out, "PDF", resolution=72.0)
    return out.getvalue()


def _draft(walk: Walk, day: date, bears: User) -> Letter:
    incident, person = walk.incident, walk.contact
    facts = Facts(
        gravity=incident.severity,  # type: ignore[arg-type]  # the column's choices are the letter's gravities
        letter_date=walk.world.rules.calendar.add_days(walk.at, 1).date(),
        addressee=Addressee(company=incident.customer.name.replace("㈱", "株式会社"), title=person.rank,
                            name=f"{person.surname}　{person.given_name}"),
        sender=Sender(company=PROFILE["name"], postal_code=PROFILE["postal_code"], address=PROFILE["address"],
                      title=bears.title, name=bears.full_name.replace(" ", "　")),
        seal=Seal(kind="room"), contacts=(Contact(walk.owner.full_name, PROFILE["phone"]),),
        delivered_on=day - timedelta(days=30), delivery_number=f"DG-{incident.number}", items="搬送ユニット",
        quantity="2台", gross=1_100_000, invoice_number=f"S-{incident.number}", planned_on=day - timedelta(days=20),
        found_on=local_day(incident.aware_at), told_by_customer=True, cutoff="前月末日", check_days=5,
        cause="請求書のもれに気づく確認の工程を設けておりませんでした", report_on=day + timedelta(days=28),
        report_by=walk.owner.full_name, measures=(Measure(text="作成者とは別の者が照合いたします", starts=day),),
    )  # fmt: skip
    return draft(facts)
