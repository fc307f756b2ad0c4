from billing.models.inquiry import Inquiry
from billing.models.invoice import Instalment, Invoice, InvoiceLine, Payment
from billing.models.notice import ChangeNotice, NoticeCopy
from billing.models.price import Price
from billing.models.receipt import BankReceipt, PayerName
from billing.models.records import Contract, Delivery, DeliveryLine, Order, OrderLine, Rate
from billing.models.sending import Enclosure, Recipient, Sending, SendingHold
from billing.models.settlement import Settlement
from billing.models.terms import Cutoff, Terms

__all__ = [
    "BankReceipt",
    "ChangeNotice",
    "Contract",
    "Cutoff",
    "Delivery",
    "DeliveryLine",
    "Enclosure",
    "Inquiry",
    "Instalment",
    "Invoice",
    "InvoiceLine",
    "NoticeCopy",
    "Order",
    "OrderLine",
    "PayerName",
    "Payment",
    "Price",
    "Rate",
    "Recipient",
    "Sending",
    "SendingHold",
    "Settlement",
    "Terms",
]
