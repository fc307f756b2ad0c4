"""Which customer a line somebody typed speaks of. Pure: names in, an answer out."""

import re
from collections.abc import Mapping
from functools import cached_property

from customers.search import normalise

SHORTEST_NAME = 2  # characters: what is shorter fits by chance
LONGEST_SHORT = 10  # characters of a shortened name that are looked at
SPOKEN_OF = re.compile("様|サマ|サン|殿|御中|訪問")  # follows a firm's name, whole or shortened: 東和さん訪問


class Names:
    """The customers' names by key, as they are compared."""

    def __init__(self, names: Mapping[int, str]) -> None:
        compared = {pk: normalise(name) for pk, name in names.items()}
        self._names = {pk: name for pk, name in compared.items() if len(name) >= SHORTEST_NAME}

    def in_text(self, text: str) -> list[int]:
        """Return the keys of all whose name stands there. One that is part of a longer name that stands there (東和 in
        東和工業) does not count."""
        hay = "\n".join(normalise(line) for line in text.splitlines())
        found = {pk: name for pk, name in self._names.items() if name in hay}
        names = set(found.values())
        return [pk for pk, name in found.items() if not any(name != other and name in other for other in names)]

    def shortened_in(self, text: str) -> bool:
        """Return whether it speaks of somebody as one speaks of a firm, by the beginning of a customer's name."""
        for line in map(normalise, text.splitlines()):
            for said in SPOKEN_OF.finditer(line):
                end = said.start()
                starts = range(max(end - LONGEST_SHORT, 0), end - SHORTEST_NAME + 1)
                if any(line[start:end] in self._beginnings for start in starts):
                    return True
        return False

    @cached_property
    def _beginnings(self) -> set[str]:
        names = self._names.values()
        return {name[:length] for name in names for length in range(SHORTEST_NAME, min(len(name), LONGEST_SHORT) + 1)}
