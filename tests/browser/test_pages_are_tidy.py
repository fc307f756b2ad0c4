"""Every page of the house, as each of its people opens it: clean for assistive tools, and nothing scrolls sideways."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from billing.models import BankReceipt
from billing.notices import TEXTS, TITLES
from billing.services import (
    Line,
    NoticeWords,
    contract_create,
    delivery_create,
    inquiry_note,
    invoice_create,
    notice_check,
    notice_draft,
    notice_send,
    order_create,
    price_put,
    receipts_import,
)
from billing.services.inquiries import Question
from config.access import RULES, admits, rule_for
from customers.models import Promise
from customers.services import (
    AppointmentData,
    NewPromise,
    SiteData,
    appointment_make,
    customer_ban,
    promise_make,
    reading_note,
    site_create,
)
from incidents.forms.acts import ACTS
from incidents.services import NewMeasure, letters, measure_raise
from office.clock import now
from office.models import User
from office.policy import declared
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.browser.conftest import DESK, PHONE, Seat
from tests.job import Job
from tests.proof.dice import LONG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PEOPLE = ("rep", "manager", "billing", "director", "auditor", "admin")
NOT_PAGES = {"healthz", "incidents:letter_preview", "incidents:letter_draft", "incidents:letter_pdf", "incidents:photo",
             "office:seal"} | {
    "account_login", "account_logout", "account_reauthenticate", "customers:sample", "billing:sample",
    "billing:orders_sample", "billing:deliveries_sample", "billing:contracts_sample",
    "billing:prices_sample",
    "billing:pdf", "billing:picture", "billing:notice_pdf", "billing:notice_picture",
    "billing:post_letters", "billing:notice_letters",
    "billing:thank_you", "mfa_authenticate", "mfa_reauthenticate", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "incidents:customers", "customers:names",
    "incidents:measure", "desk:feed",
}  # fmt: skip
QUERIES = {"incidents:measure_new": "?origin=customer:{pk}", "billing:delivery_new": "?order=O-tidy"}
# Others find something else on these; every further page is looked at with the first who may come.
DIFFERENT = {"desk:today", "incidents:detail", "incidents:step plan", "desk:customer"}
# The acts share one page; these have every sort of field among them.
FORMS = {"set_final_date", "prepare_alternatives", "loss_sheet", "rehearse", "ask_opinion", "merge", "split"}


@pytest.fixture
def house(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, object]]:
    """One of everything; returns what the addresses need, by URL name."""
    quick = SimpleNamespace(pdf=lambda letter: SimpleNamespace(data=f"%PDF {letter.number}".encode()))
    monkeypatch.setattr(letters, "press", lambda: quick)
    at = now()
    job = Job(cast, at).printed().wished()
    promise_make(
        customer=cast.towa,
        new=NewPromise(source="tidy", what="増設分のお見積りをお持ちする", kind=Promise.Kind.REQUEST),
        by=cast.rep,
        at=at,
    )
    draft = invoice_create(
        customer_id=cast.towa.pk, subject="位置決めユニット XY-300", net=3_540_000, tax=354_000, by=cast.billing,
        at=at, delivered_on=(at - timedelta(days=40)).date(),
    )  # fmt: skip
    bill = {"customer_id": cast.towa.pk, "subject": "保守", "net": 120_000, "tax": 12_000}
    issue(cast, invoice_create(**bill, by=cast.billing, at=at), at)
    credit = NewPromise(source="credit", what="補償: 値引き 50,000円", kind="money", document="credit", amount=50_000)
    compensation = promise_make(customer=cast.towa, new=credit, by=cast.rep, at=at)
    goods = Line(description="ボールねじ BS-2510", quantity=Decimal(12), unit="本", unit_price=Decimal(86_000))
    delivery_create(
        number="D-tidy", customer_id=cast.towa.pk, delivered_on=(at - timedelta(days=40)).date(), lines=[goods],
        by=cast.billing, at=at,
    )  # fmt: skip
    order_create(
        number="O-tidy", customer_id=cast.towa.pk, ordered_on=(at - timedelta(days=9)).date(), lines=[goods, goods],
        by=cast.billing, at=at,
    )  # fmt: skip
    contract_create(
        number="K-tidy", customer_id=cast.towa.pk, line=goods, first_on=at.date(), by=cast.billing, at=at
    )  # fmt: skip
    listed = price_put(product="ボールねじ", unit_price=Decimal(88_000), from_on=at.date(), by=cast.billing, at=at)
    told = f"日付,入金金額,振込依頼人名\n{(at - timedelta(days=2)):%Y-%m-%d},3894000,トウワコウギヨウ\n"
    receipts_import(data=told.encode(), viewer=viewer_for(cast.billing, at))
    data = SiteData(name="犬山工場", address="愛知県犬山市朝日野2-6", phone="0568-55-0150")
    site = site_create(customer_id=cast.towa.pk, data=data, by=cast.rep, at=at)
    meeting = AppointmentData(title="定期点検", starts=at + timedelta(days=2), ends=at + timedelta(days=2, hours=1))
    appointment = appointment_make(who=cast.rep, data=meeting, by=cast.rep, at=at, key="tidy")
    measure = NewMeasure(
        origin=f"customer:{cast.towa.pk}", what="納品書と請求書を毎週照合する", scope="procedure", owner_id=cast.rep.pk,
        due=(at + timedelta(days=9)).date(), key="tidy",
    )  # fmt: skip
    standing = measure_raise(viewer=viewer_for(cast.rep, at), new=measure)
    asked = Question(asked="先月分の明細について", way="phone", contact_id=cast.ogawa.pk)
    inquiry = inquiry_note(customer_id=cast.towa.pk, question=asked, by=cast.rep, at=at, key="tidy")
    changed = NoticeWords(
        kind="bank", title=TITLES["bank"], text=TEXTS["bank"], effective_on=(at + timedelta(days=60)).date(),
        customers=[cast.towa.pk], new_account="名古屋銀行　栄支店\n普通　7654321　カ）セイワ",
    )  # fmt: skip
    drafted = notice_draft(words=changed, by=cast.rep, at=at, key="tidy 1")
    notice = notice_draft(words=changed, by=cast.rep, at=at, key="tidy 2")
    notice_check(notice_id=notice.pk, version=1, by=cast.billing, at=at)
    notice_send(notice_id=notice.pk, by=cast.billing, in_care_too=True, at=at)
    reading_note(
        customer=cast.towa,
        heat=4,
        words="月末の説明に役員がお揃いになる",
        key="tidy",
        by=cast.rep,
        at=at - timedelta(days=9),
    )
    customer_ban(customer_id=cast.towa.pk, by=cast.rep, at=at)
    towa, number = {"pk": cast.towa.pk}, {"number": job.number}
    return {
        "desk:customer": towa, "customers:edit": towa, "customers:contact_new": towa, "customers:call": towa,
        "customers:ban_lift": towa, "customers:reading": towa,
        "customers:promise_new": towa, "billing:terms": towa, "billing:inquiry_new": towa,
        "billing:recipient": towa, "customers:contact": {"pk": cast.okamoto.pk},
        "customers:site_new": towa, "customers:site": {"pk": site.pk},
        "customers:appointment": {"pk": appointment.pk}, "incidents:procedure": {"kind": "defect"},
        "billing:notice": {"number": notice.number}, "billing:notice_change": {"number": drafted.number},
        "billing:notice_copy": {"pk": notice.copies.get().pk},
        "billing:inquiry": {"number": inquiry.number}, "incidents:correction": {"number": draft.number},
        "customers:promise": {"pk": Promise.objects.get(source="tidy").pk},
        "billing:invoice": {"number": draft.number},
        "billing:reminder": {"pk": draft.instalments.get().pk},
        "billing:receipt": {"pk": BankReceipt.objects.get().pk},
        "billing:order": {"number": "O-tidy"}, "billing:contract": {"number": "K-tidy"},
        "billing:price": {"pk": listed.price.pk},
        "billing:compensate": {"pk": compensation.pk},
        "billing:return_new": {"number": "D-tidy"}, "billing:delivery": {"number": "D-tidy"},
        "billing:change": {"number": draft.number},
        "billing:parts": {"number": draft.number},
        "incidents:detail": number, "incidents:timeline": number, "incidents:step": number,
        "incidents:photos": number, "incidents:listening": number, "incidents:listening_sheet": number,
        "incidents:similar": number, "incidents:spread": number, "incidents:standing": {"pk": standing.pk},
        "office:person": {"pk": cast.rep.pk}, "office:policy_edit": {"key": declared()[0].key},
    }  # fmt: skip


def addresses(user: User, house: dict[str, dict[str, object]]) -> Iterator[tuple[str, str]]:
    """Yield name and path of every page that the table opens to this person."""
    viewer = viewer_for(user, now())
    for name in sorted(set(RULES) - NOT_PAGES):
        who = rule_for(name, "GET")
        if name.startswith("api:") or who is None or not admits(who, viewer):
            continue
        known = house.get(name, {})
        if name == "incidents:act":
            for act in ACTS:
                yield f"{name} {act}", reverse(name, kwargs={**house["incidents:detail"], "command": act})
        elif name != "incidents:step":
            yield name, reverse(name, kwargs=known) + QUERIES.get(name, "").format(**house["desk:customer"])
        else:
            for step in ("report", "plan", "visit", "letter", "compensation", "prevention"):
                yield f"{name} {step}", reverse(name, kwargs=known | {"step": step})


def faults(one: Seat, name: str) -> Iterator[str]:
    """What is wrong with the page on a phone and at a desk: first on the screen it was opened on, then on the other.

    In the short form axe reads on the phone alone, and contrast where people find something different only: all pages
    share their colours with those that test_desk.py looks at in light and dark.
    """
    act = name.removeprefix("incidents:act ")
    first = one.page.viewport_size
    for viewport in (PHONE, DESK) if first == PHONE else (DESK, PHONE):
        if viewport != first:
            one.page.set_viewport_size(viewport)
        whole = LONG or (viewport == PHONE and (act == name or act in FORMS))
        found = one.audit(contrast=LONG or name in DIFFERENT) if whole else one.sideways()
        yield from (f"{name} at {viewport['width']}: {fault}" for fault in found)


def test_every_page_is_tidy_for_everybody(
    cast: SimpleNamespace, house: dict[str, dict[str, object]], seat: Callable[..., Seat]
) -> None:
    one, audited, wrong = seat(PHONE, bypass_csp=True), set[str](), list[str]()
    for username in PEOPLE:
        one.context.clear_cookies()
        one.log_in(username)
        for name, path in addresses(getattr(cast, username), house):
            if name in audited and name not in DIFFERENT:
                continue
            answer = one.page.goto(one.url + path)
            status = answer.status if answer else 0
            if status not in (200, 404, 409):  # not theirs to see or not now is an answer, a fault is none
                wrong.append(f"{username} {name}: {status}")
            if status == 200 or str(status) not in audited:
                audited.add(name if status == 200 else str(status))
                wrong += [f"{username} {fault}" for fault in faults(one, name)]
    assert wrong == []
    assert len(audited) > 40
