"""Spans several playbooks share."""

# practice 4-21: contact goes on, the longer the graver it was
FOLLOW_UP = {"A": "3, 7, 14, 30, 60, 90, 180 days", "B": "3, 14, 30, 90 days", "C": "7, 30 days"}
