from billing.models.invoice import Instalment, Invoice, Payment
from billing.models.terms import Terms

__all__ = ["Instalment", "Invoice", "Payment", "Terms"]
