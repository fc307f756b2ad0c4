"""Takes the guards away one by one and asks which test notices. Not part of bin/check: it takes minutes.

    .venv/bin/python -m tests.proof.mutants [PART OF A NAME]

Each mutant lives in a process of its own. The tests of the engine are asked first, then the walk through the services,
last the random commands; what only these notice is told, but does not count as noticed. Two lines for each mutant, at
the end one line of JSON; ends with 1 when fewer than 95 % are noticed by a test with a name.
"""

from __future__ import annotations

import ast
import copy
import io
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

from incidents.engine import playbook as engine
from incidents.engine import playbooks

ENOUGH = 0.95
NAMED = (
    ("tests/incidents/test_engine.py", "tests/incidents/test_guards.py"),
    (
        "tests/incidents/test_walk.py",
        "tests/incidents/test_in_full.py",
        "tests/incidents/test_ways.py",
        "tests/incidents/test_pause.py",
    ),
)
RANDOM = ("tests/proof/test_engine_random.py",)
PROCESSES = 2
GUARDS = "incidents.playbooks.guards"
STATES = ("waiting", "open", "submitted", "done", "skipped")
LIVES = ("untriaged", "open", "aftercare", "closed", "withdrawn", "void", "merged", "at_rest")
# Whose conditions are guards: what may be done, four eyes, where a step belongs.
DECIDING = {
    "verbs": ("Move.part", "Move.signs", "_is_going", "_arranged", "_leave"),
    "life": (
        "Life.admits", "_review_signed", "_has_final_date", "_asked_absence", "_news_for_the_plan", "_visit_ahead",
        "check_life", "_choose_way", "_close", "_resume", "_change_kind", "_set_severity", "refuse_slighter",
    ),
    "decide": ("decide", "settle", "_next_state", "_round", "_agreed", "_with_approval", "_move", "_decide_life"),
    "cause": ("lacking", "goes_again", "heard"),
    "pause": ("may_begin", "stopped", "going_on", "run_out", "taken_up", "_ours"),
}  # fmt: skip


class Mutant(NamedTuple):
    """One guard that is missing: how it is told, and what takes it away in this process."""

    name: str
    take_away: Callable[[], None]


class Everybody(frozenset[str]):
    """Parts that anybody plays, also who plays none."""

    def __and__(self, other: object) -> Any:
        return True


def mutants() -> Iterator[Mutant]:
    """All of them, in the order of the files."""
    # by their names: `incidents.engine` shows a function called as its module
    deciding = {name: import_module(f"incidents.engine.{name}") for name in DECIDING}
    for playbook in playbooks().values():
        for step in playbook.steps.values():
            yield from _of_step(playbook.key, step)
    yield from _of_verbs(deciding["verbs"])
    yield from _of_lives(deciding["life"])
    yield from _of_source(import_module(GUARDS), None, answers=True)
    for name, module in deciding.items():
        yield from _of_source(module, DECIDING[name])
    yield from _of_source(import_module("incidents.engine.timers"), None)


# --- what the tables say


def _of_step(key: str, step: Any) -> Iterator[Mutant]:
    where = f"{key}.{step.name}"
    for need in step.needs:
        yield _set(f"{where} needs no {need.code}", step, needs=[n for n in step.needs if n is not need])
    for need in step.before:
        yield _set(f"{where} arranged without {need.code}", step, before=[n for n in step.before if n is not need])
    for before in step.after:
        yield _set(f"{where} not after {before.name}", step, after=[s for s in step.after if s is not before])
    if step.approval is not engine._no_one:
        yield _set(f"{where} without approval", step, approval=engine._no_one)
        yield _set(f"{where} {'not ' * step.by_mouth}by mouth", step, by_mouth=not step.by_mouth)
    if step.only_if is not engine._always:
        yield _set(f"{where} always", step, only_if=engine._always)
    if step.again_if is not engine._never:
        yield _set(f"{where} never again", step, again_if=engine._never)


def _of_verbs(verbs: ModuleType) -> Iterator[Mutant]:
    plain = verbs.Verb((), verbs._is_doer, verbs._submit).when
    for name, verb in verbs.VERBS.items():
        yield _entry(f"{name} from every state", verbs.VERBS, name, replace(verb, states=STATES))
        yield _entry(f"{name} by anybody", verbs.VERBS, name, replace(verb, may=_true))
        if verb.when.__code__ is not plain.__code__:
            yield _entry(f"{name} whenever", verbs.VERBS, name, replace(verb, when=_true))


def _of_lives(lives: ModuleType) -> Iterator[Mutant]:
    plain = lives.Life((), frozenset())
    for name, life in lives.LIFE.items():
        if set(life.states) != set(LIVES):
            yield _entry(f"{name} from every state", lives.LIFE, name, replace(life, states=LIVES))
        yield _entry(f"{name} by anybody", lives.LIFE, name, replace(life, parts=Everybody()))
        for condition, always in (("when", _true), ("concerns", _true), ("barred", _nobody)):
            if getattr(life, condition).__code__ is not getattr(plain, condition).__code__:
                yield _entry(f"{name} without {condition}", lives.LIFE, name, replace(life, **{condition: always}))


def _true(*asked: object) -> bool:
    return True


def _nobody(*asked: object) -> tuple[int, ...]:
    return ()


def _set(name: str, owner: Any, **values: Any) -> Mutant:
    return Mutant(name, lambda: vars(owner).update(values))


def _entry(name: str, table: Any, key: str, value: Any) -> Mutant:
    return Mutant(name, lambda: table.__setitem__(key, value))


# --- what the code says


def _of_source(module: ModuleType, wanted: Sequence[str] | None, *, answers: bool = False) -> Iterator[Mutant]:
    """A mutant for each condition in the functions of a module; `answers`: also for each function as a whole."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    for function, path in _functions(tree, ""):
        if wanted is not None and path not in wanted:
            continue
        for told, changed in _without_conditions(tree, function, answers=answers):
            code = _code(compile(changed, str(module.__file__), "exec"), path)
            yield Mutant(f"{module.__name__}.{path}: {told}", _swap(module, path, code))


def _functions(node: ast.AST, path: str) -> Iterator[tuple[ast.FunctionDef, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield child, path + child.name
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{path}{child.name}.")


def _without_conditions(
    tree: ast.Module, function: ast.FunctionDef, *, answers: bool
) -> Iterator[tuple[str, ast.Module]]:
    """(what was taken away, the whole module without it)."""
    for place, node in enumerate(ast.walk(function)):
        for told, change in _changes(node):
            yield told, _with(tree, function, place, change)
        if answers and isinstance(node, ast.Return) and isinstance(function.returns, ast.Name):
            for value in (True, False) if function.returns.id == "bool" else ():
                yield f"answers {value}", _with(tree, function, place, partial(_fix, part="value", value=value))


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    """(what is taken away, how) for one place in a function."""
    if isinstance(node, ast.If):
        yield f"no `if {ast.unparse(node.test)}`", partial(_fix, part="test", value=False)
    if isinstance(node, ast.IfExp):
        for value in (True, False):
            yield f"`{ast.unparse(node.test)}` is {value}", partial(_fix, part="test", value=value)
    if isinstance(node, ast.BoolOp):
        for place, operand in enumerate(node.values):
            yield f"no `{ast.unparse(operand)}`", partial(_leave_out, operand=place)
    if isinstance(node, ast.comprehension) and node.ifs:
        yield f"no `if {ast.unparse(node.ifs[0])}`", lambda node: node.ifs.clear()


def _fix(node: Any, *, part: str, value: bool) -> None:
    setattr(node, part, ast.Constant(value))


def _leave_out(node: Any, *, operand: int) -> None:
    node.values[operand] = ast.Constant(isinstance(node.op, ast.And))


def _with(tree: ast.Module, function: ast.FunctionDef, place: int, change: Callable[[Any], object]) -> ast.Module:
    """A copy of the module in which one node of the function is changed."""
    kept = list(ast.walk(tree)).index(function)
    fresh = copy.deepcopy(tree)
    change(list(ast.walk(list(ast.walk(fresh))[kept]))[place])
    return ast.fix_missing_locations(fresh)


def _code(module: CodeType, path: str) -> CodeType:
    """The code of a function in compiled text, by its path."""
    inner = [const for const in module.co_consts if isinstance(const, CodeType)]
    found = next((code for code in inner if code.co_qualname == path), None)
    return found or next(_code(code, path) for code in inner if path.startswith(f"{code.co_qualname}."))


def _swap(module: ModuleType, path: str, code: CodeType) -> Callable[[], None]:
    def take_away() -> None:
        found: Any = module
        for name in path.split("."):
            found = vars(found)[name]
        found = getattr(found, "holds", None) or getattr(found, "fget", None) or found
        assert isinstance(found, FunctionType)
        found.__code__ = code  # whoever holds the function holds the mutant now

    return take_away


# --- asking the tests


class Hunt:
    """A pytest session that runs its tests once for each mutant, each time in a process of its own, until one fails.

    The processes are forks of the session when all tests are collected, so that a mutant costs no more than its tests.
    """

    def __init__(self, found: Sequence[Mutant]) -> None:
        self.found = found
        self.noticed_by: dict[str, str] = {}  # mutant to the first test that failed
        self.failed = ""  # in this process: the first test that failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests: first once with every guard in its place, then for each mutant."""
        self.failed = self.failed or _answer(self._fork(session, None))
        if self.failed:
            return True
        for place in range(0, len(self.found), PROCESSES):
            some = self.found[place : place + PROCESSES]
            for mutant, asked in [(mutant, self._fork(session, mutant)) for mutant in some]:
                if test := _answer(asked):
                    self.noticed_by[mutant.name] = test
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the name of what failed first."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read fails, too."""
        if report.failed:
            self.failed = report.nodeid

    def _fork(self, session: pytest.Session, mutant: Mutant | None) -> Connection:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        multiprocessing.get_context("fork").Process(target=self._ask, args=(session, mutant, theirs)).start()
        theirs.close()
        return ours

    def _ask(self, session: pytest.Session, mutant: Mutant | None, answer: Connection) -> None:
        if mutant:
            mutant.take_away()
        items = session.items
        for item, following in zip(items, [*items[1:], None], strict=True):
            if isinstance(item, pytest.Function) and item.get_closest_marker("django_db") is None:
                self.failed = _fails(item)
            else:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                break
        answer.send(self.failed)


def _fails(test: pytest.Function) -> str:
    """The name of a test without fixtures when it fails; called as it stands, for that is twenty times as fast."""
    try:
        test.function(**(test.callspec.params if hasattr(test, "callspec") else {}))
    except BaseException:  # whatever it is, the test has noticed
        return test.nodeid
    return ""


def _answer(asked: Connection) -> str:
    try:
        answer: str = asked.recv()
    except EOFError:
        return "the process itself"  # a mutant that ends it is noticed, whatever else
    return answer


def hunted(found: Sequence[Mutant], files: Sequence[str]) -> dict[str, str]:
    """Mutant to the first test in these files that fails with it; those that none notices are left out."""
    if not found:
        return {}
    hunt, quiet = Hunt(found), io.StringIO()
    options = ["-q", "-s", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist"]
    with redirect_stdout(quiet), redirect_stderr(quiet):
        pytest.main([*options, *files], [hunt])
    if hunt.failed:
        raise SystemExit(f"{hunt.failed} fails with every guard in its place.")
    return hunt.noticed_by


def main(part: str) -> int:
    """Ask for each mutant whose name has this part; print; tell whether too few were noticed."""
    started = time.monotonic()
    os.environ["MAKOTO_SEED"] = "1"  # the same random commands for each
    found = [mutant for mutant in mutants() if part in mutant.name]
    by_name: dict[str, str] = {}
    for files in NAMED:
        by_name |= hunted([mutant for mutant in found if mutant.name not in by_name], files)
    by_chance = hunted([mutant for mutant in found if mutant.name not in by_name], RANDOM)
    for name in (mutant.name for mutant in found):
        chance = f"{by_chance[name]} (by chance)" if name in by_chance else "NOBODY NOTICES"
        _say(f"{name}\n    {by_name.get(name, chance).rpartition('/')[2]}")
    unnoticed = [mutant.name for mutant in found if mutant.name not in by_name and mutant.name not in by_chance]
    figures = {"mutants": len(found), "noticed": len(by_name), "only_by_chance": list(by_chance)}
    seconds = round(time.monotonic() - started)
    _say(json.dumps({**figures, "unnoticed": unnoticed, "seconds": seconds}, ensure_ascii=False))
    return int(len(by_name) < ENOUGH * len(found))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    raise SystemExit(main(" ".join(sys.argv[1:])))
