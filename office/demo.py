"""What exists in demo mode only: log-ins that anybody may use, shown on the log-in page."""

from django.conf import settings

from office.models import User

DEMO_PASSWORD = "makoto-demo"  # noqa: S105 - printed on the log-in page, refused by nobody, demo mode only
DEMO_LOGINS = (
    *("rep", "rep2", "manager", "manager2", "tech", "billing", "billing2"),
    *("branch", "director", "auditor", "admin", "rep_b", "manager_b"),
)


def demo_logins() -> list[User]:
    """Return the active people of DEMO_LOGINS in that order; nobody outside demo mode."""
    if not settings.DEMO:
        return []
    found = {user.username: user for user in User.objects.active().filter(username__in=DEMO_LOGINS)}
    return [found[name] for name in DEMO_LOGINS if name in found]
