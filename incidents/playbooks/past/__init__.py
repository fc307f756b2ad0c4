"""Playbooks as they once were, whole: incidents opened by them run by them to their end."""

from incidents.playbooks.past import missed_invoice_1, own_use_1, wrong_delivery_1

__all__ = ["missed_invoice_1", "own_use_1", "wrong_delivery_1"]
