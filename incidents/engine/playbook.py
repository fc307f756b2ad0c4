"""Playbook and Step: business rules as data, refused at import when they cannot work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from incidents.engine.case import NOTHING, Case
from incidents.engine.rules import Rules, Span

OWNER, MANAGER = "owner", "manager"
_registry: dict[tuple[str, int], type[Playbook]] = {}


def _nothing(case: Case) -> Mapping[str, str]:
    return NOTHING


@dataclass(frozen=True)
class Guard:
    """A condition on the case, with the sentence shown when it does not hold and the field it is about.

    refusal: incomplete where the paper lacks something, conflict where the incident has not come so far. tells: what
    fills the places of the sentence.
    """

    code: str
    sentence: str
    field: str
    holds: Callable[[Case, Rules], bool]
    refusal: str = "incomplete"
    tells: Callable[[Case], Mapping[str, str]] = _nothing

    def __call__(self, case: Case, rules: Rules) -> bool:
        """Tell whether the condition holds."""
        return self.holds(case, rules)


def guard(
    sentence: str, *, field: str = "", refusal: str = "incomplete",
    tells: Callable[[Case], Mapping[str, str]] = _nothing,
) -> Callable[[Callable[[Case, Rules], bool]], Guard]:  # fmt: skip
    """Make a guard of a function; its name becomes the code."""
    return lambda holds: Guard(holds.__name__, sentence, field, holds, refusal, tells)


def _no_one(case: Case, rules: Rules) -> Sequence[str]:
    return ()


def _always(case: Case, rules: Rules) -> bool:
    return True


def _never(case: Case, rules: Rules) -> bool:
    return False


@dataclass(eq=False)
class Step:
    """One piece of work in a playbook.

    by: the part the doer plays in this incident. after: steps that must be done or skipped; they stand above, so a
    cycle cannot be written. needs: asked at submit, of the case as it would then be. approval: the parts that must
    sign, frozen at submit. only_if: asked after every command until done, unless a manager opened the step with a
    reason; reads only what stands above. again_if: at the end of a round, is there another? within: the shipped
    default, overridden by policy `<playbook>.<step>`; by severity where it is a mapping. aftercare: may be left when
    the incident passes into aftercare. arranges: the fact, given at `start`, that becomes the due (the moment of a
    visit). before: asked when it is arranged, when somebody leaves for it, and of its result. by_mouth: may be
    approved orally. agreed: what is known under this name, a moment that the customer has agreed to, is its due while
    it lies ahead.
    """

    by: str
    within: str | Mapping[str, str]
    label: str
    after: Sequence[Step] = ()
    needs: Sequence[Guard] = ()
    approval: Callable[[Case, Rules], Sequence[str]] = _no_one
    only_if: Callable[[Case, Rules], bool] = _always
    again_if: Callable[[Case, Rules], bool] = _never
    aftercare: bool = False
    arranges: str = ""
    before: Sequence[Guard] = ()
    by_mouth: bool = False
    agreed: str = ""
    kind: str = ""  # which paper it fills in; its own name unless said otherwise
    name: str = field(default="", init=False)
    owner: type[Playbook] | None = field(default=None, init=False)

    def __set_name__(self, owner: type[Playbook], name: str) -> None:
        if self.name:
            raise TypeError(f"{owner.__name__}.{name}: the step is already used as {self.name}")
        self.name, self.owner, self.kind = name, owner, self.kind or name

    def spans(self) -> Iterator[tuple[str, str]]:
        """The shipped spans: ("", span) or one per severity (".A", span)."""
        if isinstance(self.within, str):
            yield "", self.within
        else:
            yield from ((f".{severity}", span) for severity, span in self.within.items())


class Playbook:
    """How one kind of incident is put right: steps in order. Subclasses register themselves by (key, version)."""

    key: ClassVar[str]
    version: ClassVar[int]
    label: ClassVar[str]
    resumes_at: ClassVar[str] = ""  # the step that opens again when the incident is resumed
    triaged: ClassVar[bool] = True
    floor: ClassVar[str] = "C"  # the slightest an incident of this kind may be: A, B, C
    steps: ClassVar[Mapping[str, Step]]

    def __init_subclass__(cls) -> None:
        if cls.__bases__ != (Playbook,):
            raise TypeError(f"{cls.__name__}: a playbook inherits from Playbook alone, else steps get lost")
        if (cls.key, cls.version) in _registry:
            raise TypeError(f"{cls.__name__}: {cls.key} version {cls.version} exists already")
        cls.steps = {name: step for name, step in vars(cls).items() if isinstance(step, Step)}
        seen: set[Step] = set()
        for step in cls.steps.values():
            _check(cls, step, seen)
            seen.add(step)
        if cls.resumes_at and cls.resumes_at not in cls.steps:
            raise TypeError(f"{cls.__name__}: resumes_at names no step")
        if cls.floor not in ("A", "B", "C"):
            raise TypeError(f"{cls.__name__}: floor is no severity")
        _registry[cls.key, cls.version] = cls

    @classmethod
    def first_state(cls) -> str:
        """The state of an incident while its steps are under way: it waits for its kind, or is open."""
        return "open" if cls.triaged else "untriaged"

    @classmethod
    def at_least(cls, severity: str) -> str:
        """The severity, or the floor where it is slighter: of what comes in as something else (A before B before C)."""
        return min(severity, cls.floor)

    @classmethod
    def defaults(cls) -> dict[str, str]:
        """The shipped policy numbers: `<playbook>.<step>` or `<playbook>.<step>.<severity>` to span."""
        return {
            f"{cls.key}.{step.name}{severity}": span for step in cls.steps.values() for severity, span in step.spans()
        }


def _check(playbook: type[Playbook], step: Step, seen: set[Step]) -> None:
    where = f"{playbook.__name__}.{step.name}"
    if step.owner is not playbook:
        raise TypeError(f"{where}: the step belongs to another playbook")
    if strangers := [s.name for s in step.after if s not in seen]:
        raise TypeError(f"{where}: after names {', '.join(strangers)}, which stands not above it in this playbook")
    spans = dict(step.spans())
    if not spans or ("" not in spans and set(spans) != {".A", ".B", ".C"}):
        raise TypeError(f"{where}: within has no default for every severity")
    for span in spans.values():
        Span.parse(span)


def playbook_of(key: str, version: int) -> type[Playbook]:
    """The playbook of a pinned (key, version); KeyError when this release does not know it."""
    return _registry[key, version]


def playbooks() -> dict[str, type[Playbook]]:
    """The current version of every kind, by key."""
    newest: dict[str, type[Playbook]] = {}
    for (key, version), playbook in _registry.items():
        if key not in newest or version > newest[key].version:
            newest[key] = playbook
    return newest
