"""How other programs log in."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from office import clock
from office.models import User
from office.services import user_for_token
from office.viewer import viewer_for


class TokenAuth(HttpBearer):
    """`Authorization: Bearer <token>`; sets request.user and request.viewer like a session would."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user, or None (answered 401)."""
        user = user_for_token(token)
        if user is not None:
            request.user = user
            request.viewer = viewer_for(user, clock.now())  # type: ignore[attr-defined]
        return user
