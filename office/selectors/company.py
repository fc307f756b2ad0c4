"""Our own profile."""

from office.models import BankAccount, ClosingDay, Company


def company() -> Company:
    """The profile, with its seal's key but not its bytes; an unsaved, empty one before it was ever filled in."""
    return Company.objects.first() or Company(pk=1, version=0)


def bank_accounts() -> list[BankAccount]:
    """The accounts invoices name, in the order they were entered."""
    return list(BankAccount.objects.all())


def closing_days() -> list[ClosingDay]:
    """Our own closing days, oldest first."""
    return list(ClosingDay.objects.all())
