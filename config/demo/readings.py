"""How warm some customers are, as the people who look after them have read it."""

from __future__ import annotations

from config.demo.telling import House
from customers.services import reading_note

# customer, business days ago, hour, heat, what shows it
READINGS = (
    ("C-0123", 30, "11:20", 3, "次の増設の話が、立ち話で出るようになった"),
    ("C-0123", 5, "10:50", 5, "止まるたびに工場長様が現場に立ち、時刻を控えておられる"),
    ("C-0121", 40, "14:10", 3, "代表の齋藤様が、毎月の請求の日を尋ねてくださる"),
    ("C-0121", 8, "15:30", 2, "ほかの加工品の話が中心で、請求の話は出なくなった"),
    ("C-0129", 26, "10:15", 2, "新しい測定室の計画を、一度だけ伺った"),
    ("C-0129", 4, "16:40", 4, "測定室の納入の日取りを、電話とメールで続けてお尋ねになった"),
)


def make_readings(house: House) -> None:
    """Note them, each by whoever looks after the customer."""
    for code, ago, hour, heat, words in READINGS:
        customer = house.customers[code]
        reading_note(
            customer=customer, heat=heat, words=words, key=f"demo:{code}:{ago}", by=customer.owner,
            at=house.days.ago(ago, hour),
        )  # fmt: skip
