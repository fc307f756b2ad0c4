"""What 文面の確認 answers with."""

from __future__ import annotations

from dataclasses import dataclass

from incidents.letters.phrases import Level


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. `message` is a msgid with %(quote)s and %(cure)s: `gettext(message) % finding.values`.

    field: where, as in Letter.texts() ("" for the whole letter); quote: the words it is about; cure: what to write
    instead of the quote ("" strikes it out, None when there is no ready cure), for mend().
    """

    level: Level
    code: str
    message: str
    field: str = ""
    quote: str = ""
    cure: str | None = None

    @property
    def values(self) -> dict[str, str]:
        """What fills the message."""
        return {"quote": self.quote, "cure": self.cure or ""}
