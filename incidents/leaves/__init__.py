"""One file per sort of leaf: its paper, the commands that write and settle it, and what the timeline says of it."""

from collections.abc import Mapping

from incidents.leaves.base import Sort, leaf_end, leaf_of, leaf_write, read_as, sealed
from incidents.models import Leaf

SORTS: Mapping[str, Sort] = {}


def leaf_words(leaf: Leaf) -> str:
    """What the timeline says of a leaf, to those who may read it."""
    sort = SORTS[leaf.sort]
    return sort.words(read_as(sort.paper, leaf))


__all__ = ["SORTS", "Sort", "leaf_end", "leaf_of", "leaf_words", "leaf_write", "read_as", "sealed"]
