"""Our profile, hours, closing days and accounts."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from office.errors import Refused
from office.models import BankAccount, ClosingDay, Company, User
from office.selectors.calendar import calendar_cache
from office.selectors.company import company
from office.services.journal import journal_write

PROFILE = (
    "name",
    "postal_code",
    "address",
    "phone",
    "representative_title",
    "representative_name",
    "t_number",
    "letter_prefix",
    "tax_rounding",
)


@transaction.atomic
def company_update(*, by: User | None, at: datetime, version: int | None = None, **values: str) -> Company:
    """Change fields of the profile (any of PROFILE). version: the one the person saw; Refused conflict when stale."""
    unknown = set(values) - set(PROFILE)
    if unknown:
        raise TypeError(f"no such field: {', '.join(sorted(unknown))}")
    return _change(gettext_noop("changed the company profile"), by, at, version, values)


@transaction.atomic
def working_hours_update(*, opens: time, closes: time, by: User | None, at: datetime) -> Company:
    """Change when the office works; every deadline counted from now on follows."""
    if opens >= closes:
        raise Refused("invalid", "The office must open before it closes.", field="closes")
    changed = _change(gettext_noop("changed the working hours"), by, at, None, {"opens": opens, "closes": closes})
    calendar_cache.clear_with_commit()
    return changed


def _change(
    verb: str, by: User | None, at: datetime, version: int | None, values: dict[str, str] | dict[str, time]
) -> Company:
    row = company()
    if version is not None and version != row.version:
        raise Refused("conflict", "Someone else changed the company profile first. Please look at it again.")
    lines = [f"{name}: {old} → {new}" for name, new in values.items() if (old := getattr(row, name)) != new]
    if not lines:
        return row
    for name, new in values.items():
        setattr(row, name, new)
    _save(row)
    journal_write(actor=by, verb=verb, about="company", detail="\n".join(lines), at=at)
    return row


def _save(row: Company) -> None:
    """Write the row if nobody wrote it since it was read."""
    fields = {
        f.attname: getattr(row, f.attname) for f in Company._meta.concrete_fields if f.name not in ("id", "version")
    }
    if row.version == 0:
        row.version = 1
        row.save(force_insert=True)
    elif Company.objects.filter(pk=row.pk, version=row.version).update(version=F("version") + 1, **fields):
        row.version += 1
    else:
        raise Refused("conflict", "Someone else changed the company profile first. Please look at it again.")


def company_seal_set(*, file_id: int, by: User | None, at: datetime, detail: str) -> Company:
    """Use a stored picture as the company's seal, in the caller's transaction."""
    row = company()
    row.seal_id = file_id
    _save(row)
    journal_write(actor=by, verb=gettext_noop("changed the seal"), about="company", detail=detail, at=at)
    return row


@transaction.atomic
def closing_day_create(*, day: date, label: str, by: User | None, at: datetime) -> ClosingDay:
    """Close the office on a day; Refused conflict when it is closed already."""
    row, created = ClosingDay.objects.get_or_create(date=day, defaults={"label": label})
    if not created:
        raise Refused("conflict", "This day is already one of our closing days.", field="date")
    calendar_cache.clear_with_commit()
    journal_write(actor=by, verb=gettext_noop("added a closing day"), about=f"calendar {day}", detail=label, at=at)
    return row


@transaction.atomic
def closing_day_delete(*, pk: int, by: User | None, at: datetime) -> None:
    """Open the office on a closing day again. Refused not_found when it is gone."""
    row = ClosingDay.objects.filter(pk=pk).first()
    if row is None:
        raise Refused("not_found", "There is no such closing day.")
    row.delete()
    calendar_cache.clear_with_commit()
    verb = gettext_noop("removed a closing day")
    journal_write(actor=by, verb=verb, about=f"calendar {row.date}", detail=row.label, at=at)


@transaction.atomic
def bank_account_create(
    *,
    bank: tuple[str, str],
    branch: tuple[str, str],
    kind: str,
    number: str,
    holder: str,
    by: User | None,
    at: datetime,
) -> BankAccount:
    """Add an account invoices may name. bank, branch: (code, name); number: 7 digits; holder: in kana."""
    row = BankAccount(
        bank_code=bank[0],
        bank_name=bank[1],
        branch_code=branch[0],
        branch_name=branch[1],
        kind=kind,
        number=number,
        holder=holder,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused("conflict", "This account is already on the list.", field="number") from None
    journal_write(actor=by, verb=gettext_noop("added a bank account"), about="company", detail=str(row), at=at)
    return row


@transaction.atomic
def bank_account_delete(*, pk: int, by: User | None, at: datetime) -> None:
    """Take an account off the list; issued invoices keep what was printed. Refused not_found when it is gone."""
    row = BankAccount.objects.filter(pk=pk).first()
    if row is None:
        raise Refused("not_found", "There is no such bank account.")
    journal_write(actor=by, verb=gettext_noop("removed a bank account"), about="company", detail=str(row), at=at)
    row.delete()
