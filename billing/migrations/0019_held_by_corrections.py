from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def hold(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """What the draft of a correction bills less than the invoice it would replace was left to bill until now; it is
    left only when the correction is issued."""
    rows = apps.get_model("billing", "DeliveryLine").objects
    drafts = apps.get_model("billing", "Invoice").objects.filter(corrects__isnull=False).exclude(state="issued")
    for draft in drafts:
        less: dict[int, object] = {}
        for sign, lines in ((1, draft.corrects.lines), (-1, draft.lines)):
            for key, quantity in lines.filter(delivery_line__isnull=False).values_list("delivery_line", "quantity"):
                less[key] = less.get(key, 0) + sign * abs(quantity)
        for row in rows.filter(pk__in=[key for key, quantity in less.items() if quantity > 0]):
            row.left -= min(row.left, less[row.pk])
            row.save()


class Migration(migrations.Migration):
    dependencies = [("billing", "0018_price_reductions")]

    operations = [migrations.RunPython(hold, migrations.RunPython.noop)]
