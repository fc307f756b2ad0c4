"""Keys for other programs: made once, shown once, kept as a hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from office.clock import local_day, now
from office.models import ApiToken, User
from office.services.journal import journal_write
from office.viewer import load_user

SEEN_EVERY = timedelta(hours=1)  # last_used_at is exact enough so, and a reading call need not write


@transaction.atomic
def token_create(*, user: User, at: datetime) -> str:
    """A new bearer token of a person: 256 random bits. This is the only time it can be read."""
    raw = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, digest=_digest(raw), created_at=at)
    journal_write(actor=user, verb=gettext_noop("created an API token"), about=f"user {user.username}", at=at)
    return raw


def user_for_token(raw: str) -> User | None:
    """The active user of a token, with team and the people they stand in for; None when the token is unknown."""
    token = ApiToken.objects.filter(digest=_digest(raw)).first()
    if token is None:
        return None
    at = now()  # a lookup at the door, like the session's
    if token.last_used_at is None or token.last_used_at < at - SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return load_user(token.user_id, local_day(at))


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
