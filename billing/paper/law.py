"""What the law wants on a qualified invoice: six items (消費税法57条の4①), five on a return invoice (同③)."""

from __future__ import annotations

from billing.paper.content import Sheet
from office.errors import Refused
from office.tnumber import has_shape


def missing(sheet: Sheet) -> list[str]:
    """Return what still has to be told before the sheet may be issued, in the words of the paper itself.

    Sums and tax by rate need no asking: a sheet whose lines they do not cover does not exist.
    """
    back = sheet.kind == "return"
    wanted = {
        "請求書番号": sheet.number,
        "発行日": sheet.issued_on,
        "発行者の名称": sheet.issuer.name.strip(),
        "登録番号": has_shape(sheet.issuer.t_number),
        "宛名": sheet.customer.name.strip(),
        "返還年月日" if back else "取引年月日": sheet.days,
        "もとの取引日": not back or all(line.on for line in sheet.lines),
        "もとの請求書": sheet.kind == "invoice" or sheet.original,
        "品名": sheet.lines and all(line.description.strip() for line in sheet.lines),
    }
    return [name for name, told in wanted.items() if not told]


def refuse_incomplete(sheet: Sheet) -> None:
    """Refuse (incomplete) a sheet that lacks an item of the law, or its number, naming them."""
    lacking = missing(sheet)
    if lacking:
        raise Refused("incomplete", "An invoice is not issued without: %(items)s", items="、".join(lacking))
