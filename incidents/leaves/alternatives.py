"""Alternatives, prepared with the boss and kept until the customer has reacted to the apology (2-30, 2-31)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from incidents.engine.translation import _
from incidents.leaves.base import Sort, leaf_end, leaf_of, leaf_write, sealed
from incidents.models import Leaf, Note
from incidents.parts import stands_above
from incidents.steps.base import Setting, StepPaper
from incidents.steps.opening import SORT, in_state, lay_open, sets_of
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.templatetags.makoto import yen

RETURNED = "alternatives_back"
MOST_OPTIONS = 6
OWED = _("What the customer is entitled to is not held back. Please write it into the plan, as what is done for now.")
KINDS = {
    "replace": _("Exchange"),
    "refund": _("Money back"),
    "remove": _("Take it away"),
    "free_fitting": _("Fit it free of charge"),
    "discount": _("Discount"),
    "other": _("Something else"),
}


class Alternative(StepPaper):
    """One thing we could do. owed: the customer has a right to it anyway; such a thing is never held back."""

    what: str = Field(min_length=1, max_length=300)
    kind: Literal["replace", "refund", "remove", "free_fitting", "discount", "other"] = "other"
    cost: int = Field(0, ge=0, le=1_000_000_000)
    owed: bool = False


class Alternatives(StepPaper):
    """Several, in the order in which they would be offered; who: the boss they are prepared with, else the owner's."""

    options: list[Alternative] = Field(min_length=1, max_length=MOST_OPTIONS)
    who: int | None = None


class Chosen(StepPaper):
    """The set that was read; its leaf's id."""

    leaf: int


class Back(Chosen):
    """The set that was read, and what is missing in it."""

    text: str = Field(min_length=1, max_length=4000)


class Reason(StepPaper):
    """Why they are laid open before the customer has reacted."""

    text: str = Field(min_length=1, max_length=4000)


def prepared(paper: Alternatives, setting: Setting) -> dict[str, Any]:
    """Write the set, for the writer and the boss alone. What the same writer has not got through yet it replaces."""
    for place, option in enumerate(paper.options):
        if option.owed:
            raise Refused(
                "invalid", OWED, field=f"options.{place}.owed",
            )  # fmt: skip
    boss = _boss(paper, setting)
    leaf = leaf_write(setting, SORT, paper, who=boss, readers=[boss.pk])
    sets = sets_of(setting.incident)
    before = [pk for pk, row in sets.items() if row["by"] == setting.actor.pk and row["state"] in ("asked", "returned")]
    if before:
        rows = Leaf.objects.filter(incident=setting.incident, pk__in=[int(pk) for pk in before])
        rows.update(state="replaced", ended_at=setting.at)
    known = in_state(sets, before, "replaced")
    known[SORT][str(leaf.pk)] = {"by": setting.actor.pk, "asked": boss.pk, "state": "asked"}
    return {**sealed(leaf), "known": known}


def _boss(paper: Alternatives, setting: Setting) -> User:
    """Who looks at them: never who wrote them."""
    incident = setting.incident
    boss = setting.directory.get(paper.who) if paper.who is not None else incident.owner.boss
    if boss is None or not boss.is_active or boss.pk == setting.actor.pk or not stands_above(boss, incident):
        raise Refused("invalid", "Choose the boss with whom you prepare them; it cannot be you.", field="who")
    return boss


def agreed(paper: Chosen, setting: Setting) -> dict[str, Any]:
    """The boss agrees, or who stands in for them: from now on they wait for the customer's reaction."""
    leaf = _asked(paper, setting)
    leaf.state = "agreed"
    leaf.save(update_fields=["state"])
    known = in_state(sets_of(setting.incident), [str(leaf.pk)], "agreed")
    if leaf.who_id != setting.actor.pk:
        known[SORT][str(leaf.pk)]["agreed_by"] = setting.actor.pk
    return {"of": leaf.pk, "known": known}


def returned(paper: Back, setting: Setting) -> dict[str, Any]:
    """The boss gives them back, or who stands in for them; the reason is read by those alone who read the set."""
    leaf = _asked(paper, setting)
    asked = [leaf.who_id] if leaf.who_id else []
    reason = leaf_write(setting, RETURNED, paper, readers=[leaf.by_id, *asked])
    leaf_end(leaf, "returned", setting.at)
    return {**sealed(reason), "of": leaf.pk, "known": in_state(sets_of(setting.incident), [str(leaf.pk)], "returned")}


def _asked(paper: Chosen, setting: Setting) -> Leaf:
    """The set that waits for this boss, or for one they stand in for today and did not write themselves; for anybody
    else it does not exist. Who answers in place of the boss stays a reader."""

    def in_place(leaf: Leaf) -> bool:
        return leaf.by_id != setting.actor.pk and setting.actor.pk in _stand_ins(leaf.who_id, setting)

    leaf = leaf_of(setting, SORT, paper.leaf, in_place)
    me = setting.actor.pk
    if leaf.who_id != me and not in_place(leaf):
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if leaf.state != "open":
        raise Refused("conflict", "This has been settled already.")
    if leaf.who_id != me:
        leaf.readers.add(me)
    return leaf


def _stand_ins(absent: int | None, setting: Setting) -> set[int]:
    """Who stands in today for who was asked."""
    found = setting.directory.stand_ins_for(absent, local_day(setting.at)) if absent else []
    return {user.pk for user in found}


def opened(paper: Reason, setting: Setting) -> dict[str, Any]:
    """A boss who knows of them lays them open, with a reason."""
    sets, me = sets_of(setting.incident), setting.actor.pk
    agreed_ = ((pk, row) for pk, row in sets.items() if row["state"] == "agreed")
    pks = [pk for pk, row in agreed_ if me in (row["by"], row["asked"], row.get("agreed_by"))]
    lay_open(setting, pks)
    note = Note.objects.create(
        incident=setting.incident, kind=Note.Kind.REASON, text=paper.text, by=setting.actor, at=setting.at
    )
    return {"note": note.pk, "known": in_state(sets, pks, "opened")}


def inherited(setting: Setting, owner: int) -> dict[str, Any]:
    """Who takes an incident over reads what the owner before prepared and nobody has laid open yet (2-30)."""
    incident, sets = setting.incident, sets_of(setting.incident)
    if owner == incident.owner_id:
        return {}
    sealed_ = [pk for pk, row in sets.items() if row["state"] in ("asked", "agreed", "returned")]
    theirs = [pk for pk in sealed_ if incident.owner_id in (sets[pk]["by"], *sets[pk].get("heirs", ()))]
    for leaf in Leaf.objects.filter(incident=incident, sort=SORT, pk__in=[int(pk) for pk in theirs]) if theirs else ():
        leaf.readers.add(owner)
    heirs = {pk: {**sets[pk], "heirs": sorted({*sets[pk].get("heirs", ()), owner})} for pk in theirs}
    return {SORT: {**sets, **heirs}} if heirs else {}


def prepared_example(setting: Setting) -> dict[str, Any]:
    """The wrong accessory: exchange it, or pay it back, or fit the right one free."""
    boss = setting.incident.owner.boss_id
    return {
        "options": [
            {"what": "正しい付属品との交換", "kind": "replace", "cost": 30_000},
            {"what": "違う付属品の代金をお返しする", "kind": "refund", "cost": 50_000},
            {"what": "正しい付属品を無償で取り付ける", "kind": "free_fitting", "cost": 80_000},
        ],
        "who": boss if boss != setting.actor.pk else setting.actor.boss_id,
    }


def chosen_example(setting: Setting) -> dict[str, Any]:
    """The set that waits for this boss."""
    known, me = setting.incident.case.get("known", {}), setting.actor.pk
    if own := waiting_for(known, me):
        return {"leaf": own}
    asked = {row["asked"] for row in known.get(SORT, {}).values() if row["state"] == "asked"}
    return {"leaf": waiting_for(known, me, {boss for boss in asked if me in _stand_ins(boss, setting)})}


def back_example(setting: Setting) -> dict[str, Any]:
    """The same, with a reason."""
    return {**chosen_example(setting), "text": "費用の見積りを添えてください"}


def reason_example(setting: Setting) -> dict[str, Any]:
    """The customer has asked on the telephone."""
    return {"text": "お電話にて、対応案を知りたいとのお申し出"}


def waiting_for(known: Any, me: int, absent: Collection[int] = ()) -> int:
    """The id of a set that waits for somebody, or for one of those away whom they stand in for; 0 when none does."""
    for pk, row in known.get(SORT, {}).items():
        if row["state"] == "asked" and (row["asked"] == me or (row["asked"] in absent and row["by"] != me)):
            return int(pk)
    return 0


def option_words(option: Alternative) -> str:
    """One alternative in a line."""
    return f"{option.what}({gettext(KINDS[option.kind])}、{yen(option.cost)})"


def words(paper: Alternatives) -> str:
    """What the timeline says of a set, to those who may read it."""
    return "\n".join(f"{place}. {option_words(option)}" for place, option in enumerate(paper.options, start=1))


ALTERNATIVES = Sort(Alternatives, words)
ALTERNATIVES_BACK = Sort(Back, lambda paper: paper.text)
