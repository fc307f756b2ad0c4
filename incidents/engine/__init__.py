"""The workflow language: pure Python, no Django, no clock, no database.

A playbook declares steps; `decide` answers a command with events or refuses it with a sentence; `evolve` applies an
event; `tick` tells which alarms have passed. `incidents.store` is the only caller that writes anything down.
"""

from incidents.engine.case import Case, Event, Progress, evolve, replay
from incidents.engine.decide import WANTED, allowed, begin, decide, left_out, settle
from incidents.engine.life import LIFE, check_life
from incidents.engine.playbook import Guard, Playbook, Step, guard, playbook_of, playbooks
from incidents.engine.rules import Rules, Span
from incidents.engine.timers import tick, wakes_at
from incidents.engine.verbs import VERBS, Command

__all__ = [
    "LIFE",
    "VERBS",
    "WANTED",
    "Case",
    "Command",
    "Event",
    "Guard",
    "Playbook",
    "Progress",
    "Rules",
    "Span",
    "Step",
    "allowed",
    "begin",
    "check_life",
    "decide",
    "evolve",
    "guard",
    "left_out",
    "playbook_of",
    "playbooks",
    "replay",
    "settle",
    "tick",
    "wakes_at",
]
