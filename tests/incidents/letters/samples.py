"""Letters the tests of this folder begin with: everything known, nothing wrong."""

import io
from datetime import date
from typing import Any

from PIL import Image, ImageDraw

from incidents.letters import Addressee, Contact, Facts, Letter, Measure, Row, Sender, draft
from incidents.letters.draft import DOUBLE_CHECK, USUAL_CAUSE

KNOWN: dict[str, Any] = {
    "number": "R8-0412",
    "letter_date": date(2026, 11, 24),
    "addressee": Addressee(company="東和工業株式会社", title="専務取締役", name="岡本 隆一"),
    "sender": Sender(
        company="株式会社誠和精機",
        postal_code="999-0000",
        address="架空県見本市本町一丁目2番3号",
        title="代表取締役社長",
        name="髙﨑 誠一郎",
    ),
    "contacts": (Contact("営業本部長　村瀬　健吾", "03-0000-1200"), Contact("営業第一課　田中　聡美", "03-0000-1234")),
    "delivered_on": date(2026, 9, 3),
    "delivery_number": "D-20260903-017",
    "items": "制御盤ユニット",
    "quantity": "SK-70　12台　ほか3点",
    "gross": 3_427_964,
    "invoice_number": "S-20261124-003",
    "planned_on": date(2026, 9, 30),
    "found_on": date(2026, 11, 18),
    "told_by_customer": True,
    "cutoff": "9月末日",
    "cause": USUAL_CAUSE,
    "measures": (Measure(text=DOUBLE_CHECK, starts=date(2026, 12, 1)),),
    "check_days": 5,
    "report_on": date(2026, 12, 28),
    "report_by": "営業本部長　村瀬健吾",
}
TIMELINE = (
    Row("9月3日（木）", "納品。納品書D-20260903-017を発行し、貴社ご担当者様の受領印を頂戴する。", "営業第一課"),
    Row("11月18日（水）\n9時40分", "貴社経理部より、請求書が届いていない旨のお電話を頂戴する。", "営業第一課"),
    Row("12月18日（金）", "営業を含む全社員に、請求業務の研修を行う。", "総務部長"),
)


def facts(**changed: Any) -> Facts:
    """Return the full record with some of it changed."""
    return Facts(**(KNOWN | changed))


def letter(**changed: Any) -> Letter:
    """Return the letter of the full record with some of it changed."""
    return draft(facts(**changed))


def with_body(*paragraphs: str, **changed: Any) -> Letter:
    """Return the usual letter with other paragraphs."""
    return letter(**changed).model_copy(update={"paragraphs": paragraphs})


def seal_png() -> bytes:
    """Return a round red seal of 18 mm at 300 dpi."""
    picture = Image.new("RGBA", (213, 213), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((4, 4, 209, 209), outline=(200, 50, 30, 255), width=8)
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()
