"""Playbooks as they once were, whole: incidents opened by them run by them to their end."""

from incidents.playbooks.past import wrong_delivery_1

__all__ = ["wrong_delivery_1"]
