from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from billing.guards import INVOICES
from billing.typed import MOST_YEN, rate_of, typed
from office.clock import local_day
from office.guards import frozen_anew

WISHED = "お客様のご依頼による変更: "  # began the reason until now


def say_what(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Give each draft that was typed by its sums alone its line, to be checked as it is printed now. One whose tax is
    that of no single rate, or whose sum no line can hold, stays without, and is not issued until it is made anew."""
    lines, company = apps.get_model("billing", "InvoiceLine"), apps.get_model("office", "Company").objects.first()
    rounding = company.tax_rounding if company else "down"
    for draft in apps.get_model("billing", "Invoice").objects.exclude(state="issued").filter(lines=None):
        rate = rate_of(draft.net, draft.tax, rounding)
        if rate is not None and draft.net <= MOST_YEN:
            lines.objects.create(
                invoice=draft, place=1, description=draft.subject, rate=rate, amount=draft.net,
                traded_on=draft.delivered_on or draft.planned_on or local_day(draft.created_at),
                **typed(draft.quantity, draft.net)._asdict(),
            )  # fmt: skip
            draft.rounding, draft.state, draft.checked_by, draft.checked_at = rounding, "draft", None, None
            draft.version += 1
            draft.save()


def say_whose(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """What stood before the reason stands in its column; the words of what is issued stay as they are."""
    corrections = apps.get_model("billing", "Invoice").objects.filter(corrects__isnull=False)
    wished = corrections.filter(reason__startswith=WISHED)
    for draft in wished.exclude(state="issued"):
        draft.reason, draft.wished = draft.reason.removeprefix(WISHED), True
        draft.save()
    wished.update(wished=True)
    corrections.filter(wished=None).update(wished=False)


class Migration(migrations.Migration):
    dependencies = [("billing", "0016_two_people"), ("office", "0002_tax_rounding")]

    operations = [
        migrations.AddField("invoice", "wished", models.BooleanField(null=True)),
        migrations.RunPython(say_what, migrations.RunPython.noop),
        migrations.RunPython(say_whose, migrations.RunPython.noop),
        frozen_anew(INVOICES),
    ]
