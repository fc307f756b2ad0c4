"""Working papers: saved as one writes, never over another's words."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from incidents.models import Incident, Paper
from office.errors import Refused
from office.viewer import Viewer


@transaction.atomic
def paper_save(*, viewer: Viewer, incident: Incident, step: str, data: dict[str, Any], row_version: int) -> Paper:
    """Keep what is being written for a step. row_version: the one the writer started from, 0 for a first draft.

    Refused conflict, with the other's name, when somebody saved in between: both texts are shown, none is lost.
    """
    row = Paper.objects.select_for_update().select_related("by").filter(incident=incident, step=step).first()
    if row is None:
        return Paper.objects.create(incident=incident, step=step, data=data, by=viewer.user, at=viewer.at)
    if row.row_version != row_version:
        raise Refused("conflict", "%(who)s has saved this paper meanwhile (%(when)s). Both are shown.",
                      who=row.by.called, when=row.at)  # fmt: skip
    row.data, row.row_version, row.by, row.at = data, row_version + 1, viewer.user, viewer.at
    row.save()
    return row
