"""Two matters came in as one: one of them goes on as an incident of its own (feature 10), the mirror of a merge.

Claims, points of the apology, promises and the invoice go where they are chosen to go; letters stay with the old
incident. Nothing is lost, and each history names the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from customers.services import promises_move
from incidents.births import FirstReport, first_turn
from incidents.engine import playbooks
from incidents.engine.translation import _
from incidents.leaves.base import known_of, leaf_end, leaf_replace, leaf_write, read_as, sealed
from incidents.leaves.claims import CLAIMS, Claims, wish_state
from incidents.models import Leaf
from incidents.references import without_invoice
from incidents.steps.base import Setting, StepPaper, keep_words
from office.errors import Refused
from office.hashing import digest
from office.viewer import viewer_for

GONE = _("This stands no longer in this incident. Please choose anew.")


class Split(StepPaper):
    """The second matter: what happened, its kind and severity, and what goes along.

    claims, points: in their own words, as they stand in this incident; promises: the keys of open ones.
    """

    summary: str = Field(min_length=1, max_length=4000)
    kind: str = Field(max_length=40)
    severity: Literal["A", "B", "C"] = "B"
    claims: list[str] = Field(default_factory=list, max_length=50)
    points: list[str] = Field(default_factory=list, max_length=50)
    promises: list[int] = Field(default_factory=list, max_length=200)
    invoice: bool = False


def split(paper: Split, setting: Setting) -> dict[str, Any]:
    """Begin the second incident in the transaction of this command; the store writes it after this one.

    Refused invalid for a kind that does not exist and for what does not stand in this incident.
    """
    incident = setting.incident
    report = FirstReport(
        customer_id=incident.customer_id, data={"summary": paper.summary}, kind=paper.kind, severity=paper.severity,
        aware_at=incident.aware_at, owner_id=incident.owner_id, told_to_id=incident.told_to_id,
        invoice=incident.invoice if paper.invoice else "", key=_key(setting),
    )  # fmt: skip
    moved = _claims(paper.claims, setting)
    born = first_turn(
        viewer_for(setting.actor, setting.at), report, incident, lambda other: _carried(paper, setting, other, moved)
    )
    setting.births.append(born)
    number = born.incident.number
    rows = promises_move(number=incident.number, to=number, at=setting.at, only=paper.promises)
    setting.activities.extend(rows)
    before = known_of(setting)
    known: dict[str, Any] = {"split_into": [*before.get("split_into", ()), number]}
    if paper.invoice:
        known |= without_invoice(before, incident.invoice)
    facts: dict[str, Any] = {"promises": sorted(set(paper.promises)), "invoice": paper.invoice}
    if moved is not None:
        facts |= _left(moved, setting)
        known["wish"] = wish_state(moved.left) if moved.left else ""
    return {**facts, "known": known}


class _Moved:
    """A sheet of claims in two: what goes and what stays; None where nothing stays."""

    def __init__(self, leaf: Leaf, chosen: Iterable[str]) -> None:
        sheet, self.leaf = read_as(Claims, leaf), leaf
        wanted = set(chosen)
        if not wanted <= {claim.said for claim in sheet.claims}:
            raise Refused("invalid", GONE, field="claims")
        goes = [claim for claim in sheet.claims if claim.said in wanted]
        stays = [claim for claim in sheet.claims if claim.said not in wanted]
        wishless = {"wish": "", "confirmed": "no"}  # the wish stays, unless nothing else does
        self.gone = sheet.model_copy(update={"claims": goes, **(wishless if stays else {})})
        self.left = sheet.model_copy(update={"claims": stays}) if stays else None


def _claims(chosen: list[str], setting: Setting) -> _Moved | None:
    if not chosen:
        return None
    leaf = Leaf.objects.filter(incident=setting.incident, sort=CLAIMS, ended_at=None).last()
    if leaf is None:
        raise Refused("invalid", GONE, field="claims")
    return _Moved(leaf, chosen)


def _left(moved: _Moved, setting: Setting) -> dict[str, Any]:
    """What stays is a sheet of its own; where nothing stays, the sheet has ended."""
    if moved.left is None:
        leaf_end(moved.leaf, "moved", setting.at)
        return {}
    return sealed(leaf_replace(setting, CLAIMS, moved.left))


def _carried(paper: Split, old: Setting, new: Setting, moved: _Moved | None) -> dict[str, Any]:
    """What goes along into the new incident; the facts of its first entry."""
    known: dict[str, Any] = {"split_from": old.incident.number}
    if paper.points:
        _move_points(paper.points, old, new)
    if moved is None:
        return {"known": known}
    known["wish"] = wish_state(moved.gone)
    return {**sealed(leaf_write(new, CLAIMS, moved.gone)), "known": known}


def _move_points(points: list[str], old: Setting, new: Setting) -> None:
    """What we apologise for is named in the arrangement of the visit: here no more, there from now on."""
    here, there = replace(old, step="visit"), replace(new, step="visit")
    if not set(points) <= set(here.points):
        raise Refused("invalid", GONE, field="points")
    goes = [point for point in here.points if point in points]
    stays = [point for point in here.points if point not in points]
    keep_words(there, {"apology_points": "\n".join(goes)})
    keep_words(here, {**here.words, "apology_points": "\n".join(stays)})


def _key(setting: Setting) -> str:
    """The key of the new incident: one per moment of the old one's chain, which is locked."""
    return f"split:{digest(f'{setting.incident.number}:{setting.incident.head_seq}')}"[:64]


def split_example(setting: Setting) -> dict[str, Any]:
    """A second matter of another kind; nothing goes along yet."""
    now = setting.incident.kind
    kind = next((key for key, playbook in playbooks().items() if playbook.triaged and key != now), now)
    return {"summary": "同じお電話にて、別の件のお申し出", "kind": kind, "severity": "B"}
