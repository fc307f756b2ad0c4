from billing.models.invoice import Instalment, Invoice, InvoiceLine, Payment
from billing.models.records import Contract, Delivery, DeliveryLine, Order, OrderLine, Rate
from billing.models.terms import Terms

__all__ = [
    "Contract",
    "Delivery",
    "DeliveryLine",
    "Instalment",
    "Invoice",
    "InvoiceLine",
    "Order",
    "OrderLine",
    "Payment",
    "Rate",
    "Terms",
]
