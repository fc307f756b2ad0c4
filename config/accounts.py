"""How people come in: accounts are made by the admin, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closes the doors of allauth that a company's own system does not have."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: nobody makes an account for himself."""
        return False
