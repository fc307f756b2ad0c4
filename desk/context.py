"""What every page needs to draw its menus."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils.functional import Promise

from desk.nav import ACCOUNT, BAR, BELONGS, HOMES, MORE, REPORT, SIDE, Entry, offered
from desk.selectors import counts_for
from office.viewer import Viewer


@dataclass(frozen=True)
class Item:
    """An entry as one page shows it."""

    url: str
    icon: str
    label: str | Promise
    short: str | Promise
    key: str
    current: bool
    report: bool
    count: int


class Nav:
    """The menus of one viewer on one page. The counts cost one statement, asked when first drawn."""

    def __init__(self, viewer: Viewer, view_name: str) -> None:
        self._viewer = viewer
        self._app = view_name.partition(":")[0]
        self._view_name = view_name

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return how much waits, by the `counts` of the entries."""
        return counts_for(self._viewer)

    @cached_property
    def items(self) -> list[Item]:
        """The side bar."""
        return self._items(SIDE)

    @cached_property
    def bar(self) -> list[Item]:
        """The phone's bottom bar."""
        return self._items(BAR)

    @cached_property
    def account(self) -> list[Item]:
        """The sheet under one's own name."""
        return self._items(ACCOUNT)

    @cached_property
    def report(self) -> Item | None:
        """第一報, for those who may write one."""
        return next(iter(self._items((REPORT,))), None)

    def _items(self, entries: tuple[Entry, ...]) -> list[Item]:
        found = list(offered(entries, self._viewer))
        here = self._here([entry for entry, _url in found])
        return [
            Item(
                url=url,
                icon=entry.icon,
                label=entry.label,
                short=entry.short,
                key=entry.key,
                current=entry is here,
                report=entry is REPORT,
                count=self.counts[entry.counts] if entry.counts else 0,
            )
            for entry, url in found
        ]

    def _here(self, entries: list[Entry]) -> Entry | None:
        """Return the entry of this very page, else of the place it belongs to: on a phone perhaps その他."""
        here = {entry.name: entry for entry in entries}
        if self._view_name in here:
            return here[self._view_name]
        places = {entry.name for entry in SIDE}
        place = BELONGS.get(self._view_name, self._view_name)
        place = place if place in places else HOMES.get(self._app, f"{self._app}:list")
        return here.get(place) or (here.get(MORE) if place in places else None)


def nav(request: HttpRequest) -> dict[str, Nav]:
    """Add `nav` for those who are logged in; nothing is asked of the database until a menu is drawn."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        return {}
    match = request.resolver_match
    return {"nav": Nav(viewer, match.view_name if match else "")}
