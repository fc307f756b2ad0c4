"""The policy numbers of billing."""

from django.utils.translation import gettext_noop

from office.policy import Number, declare, name_group

LARGE_PAYMENT = "billing.large_payment"
LOOK_BACK = "billing.thank_you_look_back"
CALL_AGAIN = "billing.call_again"
CUTOFF_LOOK_BACK = "billing.cutoff_look_back"
MOVED = "billing.moved"
ONE_PERSON = "billing.one_person"
RISK_FROM = "billing.risk_from"
UNISSUED_AFTER = "billing.unissued_after"
UNSENT_AFTER = "billing.unsent_after"
UNOPENED_AFTER = "billing.unopened_after"
MISSED_AFTER = "billing.missed_after"
ORDER_NEAR = "billing.order_near"
ORDER_UNDATED = "billing.order_undated"
UNSETTLED_AFTER = "billing.unsettled_after"
BANK_FEE = "billing.bank_fee"
KEEP_YEARS = "billing.keep_years"
KEEP_LOSS_YEARS = "billing.keep_loss_years"
REMIND_AFTER = "billing.remind_after"
INQUIRY_WITHIN = "billing.inquiry_within"
REMIND_LOOK_BACK = "billing.remind_look_back"
NOTICE_ANSWER = "billing.notice_answer"


def declare_numbers() -> None:
    """Tell office which numbers exist; called when the app is ready."""
    name_group("billing", gettext_noop("Billing"))
    declare(
        Number(
            LARGE_PAYMENT, 1_000_000, gettext_noop("yen"), 1, 10_000_000_000, gettext_noop("A payment is large from")
        ),
        Number(
            BANK_FEE,
            880,
            gettext_noop("yen"),
            0,
            9_999,
            gettext_noop("A bank fee kept back from a transfer may be borne by us up to"),
        ),
        Number(KEEP_YEARS, 7, gettext_noop("years"), 7, 50, gettext_noop("Billing records are kept for")),
        Number(
            KEEP_LOSS_YEARS,
            10,
            gettext_noop("years"),
            10,
            50,
            gettext_noop("Billing records of a year with a loss are kept for"),
        ),
        Number(
            REMIND_AFTER,
            (3, 10, 20),
            gettext_noop("business days"),
            1,
            120,
            gettext_noop("A payment that has not come is asked about after"),
        ),
        Number(
            REMIND_LOOK_BACK,
            60,
            gettext_noop("days"),
            1,
            730,
            gettext_noop("A payment is asked about by itself up to this long after its day"),
        ),
        Number(
            INQUIRY_WITHIN,
            1,
            gettext_noop("business days"),
            0,
            10,
            gettext_noop("A question about billing is answered within"),
        ),
        Number(
            NOTICE_ANSWER,
            10,
            gettext_noop("business days"),
            1,
            60,
            gettext_noop("An answer to a notice of a change is asked for before the change"),
        ),
        Number(
            LOOK_BACK,
            7,
            gettext_noop("days"),
            1,
            60,
            gettext_noop("A thank-you call is opened up to this long after the payment day"),
        ),
        Number(
            CUTOFF_LOOK_BACK,
            7,
            gettext_noop("days"),
            1,
            31,
            gettext_noop("Drafts are made up to this long after a cutoff day"),
        ),
        Number(
            MOVED,
            30,
            gettext_noop("percent"),
            5,
            500,
            gettext_noop("A draft is looked at when it lies outside of the last invoices by"),
        ),
        Number(
            ONE_PERSON,
            0,
            gettext_noop("1 = allowed"),
            0,
            1,
            gettext_noop("One person alone may check and issue an invoice"),
        ),
        Number(
            RISK_FROM,
            5,
            gettext_noop("days"),
            1,
            31,
            gettext_noop("What is not billed yet is listed before a cutoff day from"),
        ),
        Number(
            UNISSUED_AFTER,
            2,
            gettext_noop("business days"),
            1,
            20,
            gettext_noop("A draft is reported as not issued after its cutoff"),
        ),
        Number(
            UNSENT_AFTER,
            1,
            gettext_noop("business days"),
            1,
            20,
            gettext_noop("An invoice is reported as not sent after its issue"),
        ),
        Number(
            UNOPENED_AFTER,
            5,
            gettext_noop("business days"),
            1,
            60,
            gettext_noop("An invoice sent by mail is reported as not opened after"),
        ),
        Number(
            UNSETTLED_AFTER,
            10,
            gettext_noop("business days"),
            1,
            60,
            gettext_noop("A return invoice is reported as not settled after its issue"),
        ),
        Number(
            ORDER_NEAR,
            3,
            gettext_noop("business days"),
            1,
            20,
            gettext_noop("An order that is not delivered is reported before the day promised"),
        ),
        Number(
            ORDER_UNDATED,
            3,
            gettext_noop("business days"),
            1,
            20,
            gettext_noop("An order without a delivery date is reported after"),
        ),
        Number(
            MISSED_AFTER,
            3,
            gettext_noop("business days"),
            1,
            20,
            gettext_noop("A missing invoice becomes an incident after the cutoff"),
        ),
        Number(
            CALL_AGAIN,
            120,
            "business minutes",
            10,
            2_000,
            gettext_noop("After an absence a thank-you call is tried again in"),
        ),
    )
