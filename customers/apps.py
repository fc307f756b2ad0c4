from django.apps import AppConfig

from customers import policy


class CustomersConfig(AppConfig):
    """Who our customers are, what we promised them and what is to be done for them."""

    name = "customers"

    def ready(self) -> None:
        """Declare the policy numbers."""
        policy.declare_numbers()
