"""A bank's file: read whole or not at all, each transfer once, what the bank cancelled taken back."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.bank_csv import read_bank_csv
from billing.models import BankReceipt
from billing.selectors.receipts import NO_RECEIPT, can_cancel, proposed
from billing.zengin import Transfer, looks_like_zengin, read_zengin
from customers.importing import chunks
from customers.models import Activity
from customers.services import ActivityRow, activities_put
from customers.text import clean
from office.clock import local_day
from office.csvfile import LIMIT
from office.errors import Refused
from office.models import Company
from office.selectors import business_calendar
from office.services import journal_write
from office.viewer import Viewer

EMPTY = gettext_noop("The file is empty.")
TOO_LARGE = gettext_noop("The file is too large. The limit is %(limit)s MB.")
FAR = gettext_noop("Record %(record)s: its day, %(day)s, lies too far ahead. Please check the year of the file.")
TAKEN_BACK = gettext_noop("Transfer cancelled by the bank: take the booking back")
SETTLED = gettext_noop("This record of the bank is dealt with already. Please look at it again.")
NOT_EQUAL = gettext_noop("Choose an earlier transfer of the same sum that is not taken back yet.")
AHEAD = timedelta(days=366)
State = BankReceipt.State


@dataclass(frozen=True)
class Imported:
    """What a file held and what became of it.

    records: transfers in it; added: those that were new; matched: those that fit exactly one customer and one set of
    instalments, or are booked; open: those a person must look at; cancelled: records that take a transfer back.
    """

    records: int
    added: int
    matched: int
    open: int
    cancelled: int


def receipts_import(*, data: bytes, viewer: Viewer) -> Imported:
    """Read a bank's file, transfer notices of the 全銀協 or CSV (practice 1-08). The same transfers again add none.

    Refused unprocessable with the record (or line) and the reason; then nothing was written. Nothing is booked here.
    """
    transfers = _read(data)
    last = local_day(viewer.at) + AHEAD
    for row in transfers:
        if row.day > last:
            raise Refused("unprocessable", FAR, field="file", record=row.record, day=row.day)
        clean(row.payer, field="file")
    sha256, keys = hashlib.sha256(data).hexdigest(), _keys(transfers)
    with transaction.atomic():
        list(Company.objects.select_for_update())  # one file at a time: two hold the same transfers now and then
        added = _add(transfers, keys, sha256, viewer)
        _take_back(viewer)
        if added:
            verb, detail = gettext_noop("Transfers of the bank imported"), str(added)
            journal_write(actor=viewer.user, verb=verb, about="import receipts", detail=detail, at=viewer.at)
    return _counted(transfers, keys, added, viewer)


def _read(data: bytes) -> list[Transfer]:
    if not data.strip():
        raise Refused("unprocessable", EMPTY, field="file")
    if len(data) > LIMIT:
        raise Refused("unprocessable", TOO_LARGE, field="file", limit=LIMIT // 2**20)
    return read_zengin(data) if looks_like_zengin(data) else read_bank_csv(data)


def _keys(transfers: Sequence[Transfer]) -> list[str]:
    """Return the key of each transfer: what the bank says of it, and its place among equal ones of that day.

    A bank lists a day from its start, so that the second of two equal transfers stands second in every file. The
    inquiry number is no part of it: many banks leave it blank or count anew in every file.
    """
    seen: Counter[str] = Counter()
    keys = []
    for row in transfers:
        words = (row.account, row.day.isoformat(), row.amount, row.payer, row.payer_code, row.edi, row.cancels)
        said = json.dumps(words, ensure_ascii=False)
        keys.append(hashlib.sha256(f"{said}{seen[said]}".encode()).hexdigest())
        seen[said] += 1
    return keys


def _add(transfers: Sequence[Transfer], keys: Sequence[str], sha256: str, viewer: Viewer) -> int:
    known = _known(keys)
    new = [
        BankReceipt(
            key=key, account=row.account, day=row.day, amount=row.amount, payer=row.payer, payer_code=row.payer_code,
            edi=row.edi, bank=row.bank[:60], cancels=row.cancels, file_sha256=sha256, record=row.record,
            state=State.OPEN, imported_by=viewer.user, imported_at=viewer.at,
        )
        for row, key in zip(transfers, keys, strict=True) if key not in known
    ]  # fmt: skip
    BankReceipt.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    return len(new)


def _known(keys: Iterable[str]) -> dict[str, str]:
    """Return the keys that are there already, with their states."""
    return {
        key: state
        for part in chunks(keys)
        for key, state in BankReceipt.objects.filter(key__in=part).values_list("key", "state")
    }


def _take_back(viewer: Viewer) -> None:
    """Let every cancel record that has found none take back the latest equal transfer before it; one that still finds
    none stays open, for a person."""
    for cancel in BankReceipt.objects.filter(cancels=True, state=State.OPEN).order_by("day", "pk"):
        if (found := _taken_back_by(cancel)) is not None:
            _cancel(found, cancel, viewer)


def _taken_back_by(cancel: BankReceipt) -> BankReceipt | None:
    """Return the transfer: same account and payer, told before. One that is not booked yet comes first, and one with
    the same number of the payer, which a bank need not repeat."""
    told = [
        row
        for row in can_cancel(cancel).select_for_update(of=("self",)).filter(account=cancel.account, payer=cancel.payer)
        if (row.day < cancel.day or row.pk < cancel.pk)
        and (row.payer_code == cancel.payer_code or "" in (row.payer_code, cancel.payer_code))
    ]

    def nearness(row: BankReceipt) -> tuple[bool, bool, date, int]:
        return row.payer_code == cancel.payer_code, row.state != State.BOOKED, row.day, row.pk

    return max(told, key=nearness, default=None)


def _cancel(found: BankReceipt, cancel: BankReceipt, viewer: Viewer) -> None:
    """Take the transfer back: at once where nothing of it is booked, else by a task."""
    found.cancelled_by, cancel.state = cancel, State.CANCELLED
    if found.payments.filter(reversed_by__isnull=True, reverses__isnull=True).exists():
        _ask_to_take_back(found, viewer)
    else:
        found.state = State.CANCELLED
    found.save(update_fields=["cancelled_by", "state"])
    cancel.save(update_fields=["state"])


@transaction.atomic
def receipt_cancel(*, cancel_id: int, receipt_id: int, viewer: Viewer) -> BankReceipt:
    """A person says which transfer a cancel record of the bank takes back, where none was found by itself.

    Returns the transfer. Refused not_found for no such record, conflict when it has found one or was put aside, invalid
    for a transfer of another sum, a later one, or one that is taken back already.
    """
    list(Company.objects.select_for_update())
    cancel = BankReceipt.objects.select_for_update().filter(pk=cancel_id, cancels=True).first()
    if cancel is None:
        raise Refused("not_found", NO_RECEIPT)
    if cancel.state != State.OPEN:
        raise Refused("conflict", SETTLED)
    found = can_cancel(cancel).select_for_update(of=("self",)).filter(pk=receipt_id).first()
    if found is None:
        raise Refused("invalid", NOT_EQUAL, field="receipt")
    _cancel(found, cancel, viewer)
    verb, about = gettext_noop("Transfer cancelled by the bank"), f"receipt {receipt_id}"
    journal_write(actor=viewer.user, verb=verb, about=about, detail=str(found.amount), at=viewer.at)
    return found


def _ask_to_take_back(found: BankReceipt, viewer: Viewer) -> None:
    """A booking is reversed by a person: the one who booked it, or who brought the file."""
    payment = found.payments.select_related("invoice", "recorded_by").first()
    who = payment.recorded_by if payment else viewer.user
    row = ActivityRow(
        source=source_of(found.pk),
        kind=Activity.Kind.NOTICE,
        customer_id=payment.invoice.customer_id if payment else None,
        label=TAKEN_BACK,
        who_id=who.pk,
        due=business_calendar().add_days(viewer.at, 1),
        link=f"/billing/receipts/{found.pk}/",
    )
    activities_put([row], at=viewer.at)


def source_of(receipt_id: int) -> str:
    """Return the source of the activity that asks to take a booking back."""
    return f"receipt-cancelled:{receipt_id}"


def _counted(transfers: Sequence[Transfer], keys: Sequence[str], added: int, viewer: Viewer) -> Imported:
    states = _known(keys)
    money = [key for row, key in zip(transfers, keys, strict=True) if not row.cancels]
    certain = {row.receipt.key for row in proposed(viewer) if row.is_certain}
    matched = sum(states[key] == State.BOOKED or key in certain for key in money)
    taken_back = sum(states[key] == State.CANCELLED for key in money)
    unclear = sum(row.cancels and states[key] == State.OPEN for row, key in zip(transfers, keys, strict=True))
    return Imported(
        records=len(transfers),
        added=added,
        matched=matched,
        open=len(money) - matched - taken_back + unclear,
        cancelled=len(transfers) - len(money),
    )
