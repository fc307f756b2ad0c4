"""One file per kind of incident: what happens, in order, readable by a manager. Importing it registers all."""

from incidents.playbooks import missed_invoice, untriaged

__all__ = ["missed_invoice", "untriaged"]
