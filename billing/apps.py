from django.apps import AppConfig

from billing import policy


class BillingConfig(AppConfig):
    """Terms, invoices, payments and the calls that thank for them."""

    name = "billing"

    def ready(self) -> None:
        """Declare the policy numbers."""
        policy.declare_numbers()
