"""Logging in: by name and password, through allauth; nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop

from office import clock
from office.clock import local_day
from office.models import User
from office.services import journal_write
from office.viewer import load_user


class Backend(ModelBackend):
    """Our users by log-in name. The session's user comes with team and absences, in one statement."""

    def get_user(self, user_id: int) -> User | None:
        """The active user of a session, or None."""
        return load_user(int(user_id), local_day(clock.now()))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth for a house: the administrator makes the accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Note the log-in in the journal."""
        journal_write(actor=user, verb=gettext_noop("logged in"), about=f"user {user.username}", at=clock.now())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response
