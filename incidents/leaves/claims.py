"""What the customer holds against us, claim by claim under themes, and what they really wish (practices 2-23, 2-24)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from django.utils.translation import gettext
from pydantic import Field

from incidents.engine.translation import _
from incidents.leaves.base import Sort, leaf_replace, read_as, sealed
from incidents.models import Leaf
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused

CLAIMS = "claims"
MOST_CLAIMS = 12
THEMES = {
    "thing": _("The thing itself"), "time": _("Time and promises"), "money": _("Money and papers"),
    "information": _("Information"), "manner": _("How they were met"), "other": _("Something else"),
}  # fmt: skip
NO_WISH = _("Write what the customer really wishes, so that it can be confirmed.")


class Claim(StepPaper):
    """One claim in the customer's words, its theme, and what answers it, as far as anything does."""

    said: str = Field(min_length=1, max_length=300)
    theme: Literal["thing", "time", "money", "information", "manner", "other"]
    answer: str = Field("", max_length=300)


class Claims(StepPaper):
    """All claims known now, and the real wish behind them; a new sheet takes the place of the one before."""

    claims: list[Claim] = Field(min_length=1, max_length=MOST_CLAIMS)
    wish: str = Field("", max_length=2000)
    confirmed: Literal["no", "yes"] = "no"  # by the customer


class Theme(NamedTuple):
    """The claims of one theme."""

    label: str
    claims: list[Claim]

    @property
    def open(self) -> int:
        """How many are answered by nothing yet."""
        return sum(not claim.answer for claim in self.claims)


class Claimed(NamedTuple):
    """The sheet in force as it is shown: its claims under their themes, the wish, and whether they confirmed it."""

    themes: list[Theme]
    total: int
    wish: str
    confirmed: bool
    leaf: Leaf


def note_claims(paper: Claims, setting: Setting) -> dict[str, Any]:
    """Keep the sheet; the one before is replaced. Refused incomplete where a wish is confirmed that nobody wrote.

    Whether a wish stands there is known of the incident: alternatives are prepared only once it does (practice 2-24).
    """
    if paper.confirmed == "yes" and not paper.wish:
        raise Refused("incomplete", NO_WISH, field="wish")
    return {**sealed(leaf_replace(setting, CLAIMS, paper)), "known": {"wish": wish_state(paper)}}


def wish_state(paper: Claims) -> str:
    """What is known of the wish on a sheet: empty, noted, or confirmed by the customer."""
    if not paper.wish:
        return ""
    return "confirmed" if paper.confirmed == "yes" else "noted"


def claims_example(setting: Setting) -> dict[str, Any]:
    """Three claims with one cause, and the wish behind them."""
    return {
        "claims": [
            {"said": "請求書が来ないまま締日を過ぎた", "theme": "money", "answer": "正しい請求書を本日お届けする"},
            {"said": "電話をしても折返しがなかった", "theme": "information"},
            {"said": "担当の方が誰か分からない", "theme": "information"},
        ],
        "wish": "締日の前に、毎月の請求の予定を知らせてほしい",
    }


def themes(claims: Iterable[Claim]) -> list[Theme]:
    """The claims under their themes, the theme with most claims first: many claims come down to one or two causes."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.theme, []).append(claim)
    return [Theme(gettext(THEMES[key]), rows) for key, rows in sorted(found.items(), key=lambda row: -len(row[1]))]


def claimed(leaves: list[Leaf]) -> Claimed | None:
    """The newest of these sheets; None without one. Asks the database nothing."""
    if not leaves:
        return None
    paper = read_as(Claims, leaves[-1])
    return Claimed(themes(paper.claims), len(paper.claims), paper.wish, paper.confirmed == "yes", leaves[-1])


def _words(paper: Claims) -> str:
    """A line for each theme, and the wish."""
    lines = [f"{theme.label}: {'、'.join(claim.said for claim in theme.claims)}" for theme in themes(paper.claims)]
    wish = gettext("The real wish: %(wish)s") % {"wish": paper.wish}
    return "\n".join([*lines, wish] if paper.wish else lines)


SHEET = Sort(Claims, _words)
