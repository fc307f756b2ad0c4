"""Whoever issues an invoice is killed (kill -9) before each statement and around the commit in turn: it is issued
wholly or not at all, and the next one takes the next number."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from billing import verify
from billing.models import Invoice, InvoiceLine
from billing.services import invoice_issue, printing, render_invoices
from office.models import File, JournalRow
from tests.billing.test_races import checked
from tests.billing.test_records import EVENING

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
ENOUGH = 200  # moments; far more than there are statements


class Death:
    """Counts the moments of a piece of work and kills its own process at one of them."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Before a statement."""
        self.moment()
        return execute(sql, params, many, context)

    def around(self, commit: Callable[[], None]) -> Callable[[], None]:
        """Before a commit and after it."""

        def committed() -> None:
            self.moment()
            commit()
            self.moment()

        return committed

    def moment(self) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


def dies(moment: int, work: Callable[[], object]) -> bool:
    """Whether a child that does the work was killed at this moment; False when it ended before."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            death = Death(moment)
            ours: Any = connection
            ours.ensure_connection()
            ours._commit = death.around(ours._commit)
            with connection.execute_wrapper(death):
                work()
            os._exit(0)
        finally:
            os._exit(1)
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work failed by itself"
    return os.WIFSIGNALED(status)


def told(verb: str) -> int:
    return JournalRow.objects.filter(verb=verb).count()


def test_an_invoice_is_issued_wholly_or_not_at_all(cast: SimpleNamespace) -> None:
    number, halves = 0, 0
    for moment in range(ENOUGH):
        number += 1
        draft = checked(cast, f"D-{number}")
        killed = dies(moment, lambda pk=draft.pk: invoice_issue(invoice_id=pk, by=cast.billing, at=EVENING))  # type: ignore[misc]
        row = Invoice.objects.get(pk=draft.pk)
        lines = set(InvoiceLine.objects.filter(invoice=row).values_list("frozen", flat=True))
        if row.state == Invoice.State.CHECKED:
            assert (row.number, row.paper, row.sha256, lines) == (draft.number, "", "", {False})
            halves += 1
            row = invoice_issue(invoice_id=row.pk, by=cast.billing, at=EVENING)
        else:
            assert row.paper and row.sha256 and lines == {True}  # noqa: PT018 - one fact: it is frozen
        assert row.number == f"INV-26-{number:04d}"
        assert told("Invoice issued") == number
        if not killed:
            break
    assert not killed, "never came to the end"
    assert halves >= 8, "issuing takes more statements than it was killed at"
    assert halves == number - 2, "only after the commit, and when nobody was killed, it was issued"
    assert list(verify.problems()) == []


def test_an_invoice_is_printed_once(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = SimpleNamespace(pdf=lambda sheet: SimpleNamespace(data=f"%PDF {sheet.number}".encode()))
    monkeypatch.setattr(printing, "press", lambda: quick)
    for number in range(1, ENOUGH):
        draft = checked(cast, f"D-{number}")
        issued = invoice_issue(invoice_id=draft.pk, by=cast.billing, at=EVENING)
        killed = dies(number - 1, lambda: render_invoices(at=EVENING))
        render_invoices(at=EVENING)
        issued.refresh_from_db()
        assert issued.file is not None
        assert bytes(issued.file.data) == f"%PDF INV-26-{number:04d}".encode()
        assert File.objects.count() == number, "a paper was printed twice"
        if not killed:
            break
    assert not killed, "never came to the end"
    assert number > 5
    assert list(verify.problems()) == []
