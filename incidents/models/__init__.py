from incidents.models.entries import Checkpoint, Entry
from incidents.models.incident import Incident, Note, Opened
from incidents.models.letters import IssuedLetter
from incidents.models.papers import Paper, Submission

__all__ = ["Checkpoint", "Entry", "Incident", "IssuedLetter", "Note", "Opened", "Paper", "Submission"]
