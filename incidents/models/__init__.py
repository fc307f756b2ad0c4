from incidents.models.corrections import Correction
from incidents.models.entries import Checkpoint, Entry
from incidents.models.faq import Faq, Phrases
from incidents.models.incident import LIVING, NOT_COUNTED, Incident, Note, Opened, Severity, State
from incidents.models.leaves import Leaf
from incidents.models.letters import IssuedLetter
from incidents.models.measures import Measure
from incidents.models.nightly import Night, NightlyCheck
from incidents.models.papers import Paper, Submission
from incidents.models.photos import Photo
from incidents.models.spread import SpreadCheck

__all__ = [
    "LIVING",
    "NOT_COUNTED",
    "Checkpoint",
    "Correction",
    "Entry",
    "Faq",
    "Incident",
    "IssuedLetter",
    "Leaf",
    "Measure",
    "Night",
    "NightlyCheck",
    "Note",
    "Opened",
    "Paper",
    "Photo",
    "Phrases",
    "Severity",
    "SpreadCheck",
    "State",
    "Submission",
]
