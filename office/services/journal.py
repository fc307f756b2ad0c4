"""The only writer of the journal."""

from datetime import datetime

from office.models import JournalRow, User


def journal_write(*, actor: User | None, verb: str, about: str, detail: str = "", at: datetime) -> None:
    """Add a row, in the caller's transaction.

    actor: None for the system itself; verb: an English msgid ("changed a house rule"), marked by gettext_noop where
    it is written; about: what it concerns ("policy plan.within"); detail: facts, not prose.
    """
    JournalRow.objects.create(
        at=at, actor=actor, actor_name=actor.full_name if actor else "", verb=verb, about=about, detail=detail
    )
