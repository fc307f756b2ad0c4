"""Takes the guards away one by one and asks which test notices. Not part of bin/check: all take more than an hour.

    .venv/bin/python -m tests.proof.mutants [PART OF A NAME]

A guard is a condition in the tables and functions of the engine that decide, and in the modules beside the engine each
`if` that refuses. Both are found in the code, so that one added tomorrow is taken away as well.

Each mutant lives in a process of its own, with a database of its own. Of the engine its tests are asked first, then
those of its rules and the walk through the services, last the random commands; what only these notice is told, but does
not count as noticed. Of a module beside the engine its own tests are asked. Two lines for each mutant, at the end one
line of JSON; ends with 1 when fewer than 95 % are noticed by a test with a name.
"""

from __future__ import annotations

import ast
import copy
import io
import json
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest
from pytest_django.plugin import blocking_manager_key

from incidents.engine import playbook as engine
from incidents.engine import playbooks

ENOUGH = 0.95
ENGINE = ("tests/incidents/test_engine.py", "tests/incidents/test_guards.py")
WALK = ("tests/incidents/test_walk.py",)
COUNSEL, ABUSE, CAUSE = "test_counsel", "test_abuse", "test_cause"
# Module beside the engine in which something is refused: which tests are asked beside those of all.
OF_ALL = "test_beside_guards"
BESIDE: Mapping[str, tuple[str, ...]] = {
    "leaves.abuse": (ABUSE,),
    "chases": ("test_chases",),
    "leaves.accompaniment": (COUNSEL, "test_unanswered"),
    "leaves.alternatives": ("test_alternatives",),
    "leaves.base": (COUNSEL, "test_alternatives"),
    "leaves.claims": ("test_claims", "test_alternatives"),
    "leaves.counsel": (COUNSEL,),
    "leaves.handed": ("test_papers",),
    "leaves.photos": ("test_photos",),
    "leaves.final_date": ("web/test_final_date", ABUSE),
    "leaves.lesson": ("test_lessons",),
    "leaves.listening": ("test_listening", "web/test_listening"),
    "leaves.losses": ("test_agreement",),
    "leaves.offers": ("test_agreement",),
    "leaves.opinion": (COUNSEL,),
    "leaves.recovery": ("test_recoveries",),
    "leaves.rehearsal": (COUNSEL,),
    "leaves.repair": ("test_repair",),
    "leaves.residuals": ("test_residuals",),
    "leaves.risk": ("test_risk",),
    "machines": ("test_machines",),
    "naming": ("test_machines", "test_references"),
    "orders": ("test_api", "test_walk", "test_urgency", "web/test_detail"),
    "route": ("test_route",),
    "splitting": ("test_split", "web/test_split"),
    "steps.effect_check": ("test_effects",),
    "steps.letter": ("web/test_letter", "test_walk"),
    "steps.plan": (CAUSE, "test_traces"),
    "steps.report": ("test_urgency", "web/test_new"),
    "steps.signs": ("test_traces",),
    "steps.together": (ABUSE,),
}
OWN_RULES = (
    "remedies", "repeats", "alternatives", "abuse", "counsel", "risk", "residuals", "repair",
    "in_full", "ways", "pause", "unanswered", "chases", "machines",
)  # fmt: skip
RULES = tuple(f"tests/incidents/test_{name}.py" for name in OWN_RULES)
NAMED: tuple[tuple[str, ...], ...] = (ENGINE, RULES, WALK)
RANDOM = ("tests/proof/test_engine_random.py",)
PROCESSES = 2
MOST_SECONDS = 300  # of the processor, for the tests of one mutant
GUARDS = "incidents.playbooks.guards"
STATES = ("waiting", "open", "submitted", "done", "skipped")
LIVES = ("untriaged", "open", "aftercare", "closed", "withdrawn", "void", "merged", "at_rest")
# The modules that decide, with the functions whose conditions are none of what may be done, four eyes, or where a step
# belongs: words of a refusal, times, what a page offers, and `_alternatives`, whose guards are made when it is loaded.
DECIDING = {
    "verbs": ("_start", "_sign", "_confirm", "_submit"),
    "life": ("Life.not_now", "_alternatives", "_told", "_end", "_bring_back_plan"),
    "decide": ("allowed", "_entering", "_forbidden"),
    "remedies": (),
    "timers": (),
    "cause": (),
    "pause": ("pause_of", "ends", "_due"),
}


class Mutant(NamedTuple):
    """One guard that is missing: how it is told, and what takes it away in this process."""

    name: str
    take_away: Callable[[], None]
    beside: str = ""  # the module beside the engine it is in


class Everybody(frozenset[str]):
    """Parts that anybody plays, also who plays none."""

    def __and__(self, other: object) -> Any:
        return True


def mutants() -> Iterator[Mutant]:
    """All of them, in the order of the files, each under a name of its own."""
    told: Counter[str] = Counter()
    for mutant in _mutants():
        told[mutant.name] += 1
        again = told[mutant.name]
        yield mutant._replace(name=f"{mutant.name} ({again})") if again > 1 else mutant


def _mutants() -> Iterator[Mutant]:
    # by their names: `incidents.engine` shows a function called as its module
    deciding = {name: import_module(f"incidents.engine.{name}") for name in DECIDING}
    for playbook in playbooks().values():
        for step in playbook.steps.values():
            yield from _of_step(playbook.key, step)
    yield from _of_verbs(deciding["verbs"])
    yield from _of_lives(deciding["life"])
    yield from _of_source(import_module(GUARDS), (), answers=True)
    for name, module in deciding.items():
        yield from _of_source(module, DECIDING[name])
    for name in BESIDE:
        for mutant in _of_source(import_module(f"incidents.{name}"), (), refusals=True):
            yield mutant._replace(beside=name)


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


def _of_source(
    module: ModuleType, but: Sequence[str], *, answers: bool = False, refusals: bool = False
) -> Iterator[Mutant]:
    """A mutant for each condition in the functions of a module, `but` for some; `answers`: also for each function as a
    whole; `refusals`: of conditions on which something is refused alone."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    for function, path in _functions(tree, ""):
        if path in but:
            continue
        for told, changed in _without_conditions(tree, function, answers=answers, refusals=refusals):
            code = _code(compile(changed, str(module.__file__), "exec"), path)
            yield Mutant(f"{module.__name__}.{path}: {told}", _swap(module, path, code))


def _functions(node: ast.AST, path: str) -> Iterator[tuple[ast.FunctionDef, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield child, path + child.name
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{path}{child.name}.")


def _without_conditions(
    tree: ast.Module, function: ast.FunctionDef, *, answers: bool, refusals: bool
) -> Iterator[tuple[str, ast.Module]]:
    """(what was taken away, the whole module without it)."""
    refusing = (node for node in ast.walk(function) if isinstance(node, ast.If) and _raises(node))
    asked = {id(part) for node in refusing for part in (node, *ast.walk(node.test))}
    for place, node in enumerate(ast.walk(function)):
        if refusals and id(node) not in asked:
            continue
        for told, change in _changes(node):
            yield told, _with(tree, function, place, change)
        if answers and isinstance(node, ast.Return) and isinstance(function.returns, ast.Name):
            for value in (True, False) if function.returns.id == "bool" else ():
                yield f"answers {value}", _with(tree, function, place, partial(_fix, part="value", value=value))


def _raises(node: ast.If) -> bool:
    """Whether this `if` raises; what stands in an `if` inside is that one's."""
    return any(isinstance(line, ast.Raise) for line in node.body)


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
        database: Any = import_module("tests.database")  # it asks the settings, which are not there when we are loaded
        child = None
        if any(item.get_closest_marker("django_db") for item in session.items):
            with session.config.stash[blocking_manager_key].unblock():
                child = database.build()
        try:
            self._hunt(session)
        finally:
            if child:
                with session.config.stash[blocking_manager_key].unblock():
                    database.drop(child)
                for left in Path(database.MASTER).parent.glob(f"{Path(database.MASTER).name}_*"):
                    left.unlink()  # of a process that ended when a test had failed
        return True

    def _hunt(self, session: pytest.Session) -> None:
        self.failed = self.failed or _answer(self._fork(session, None))
        if self.failed:
            return
        for place in range(0, len(self.found), PROCESSES):
            some = self.found[place : place + PROCESSES]
            for mutant, asked in [(mutant, self._fork(session, mutant)) for mutant in some]:
                if test := _answer(asked):
                    self.noticed_by[mutant.name] = test

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
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))  # one that turns for ever is noticed, too
        if mutant:
            mutant.take_away()
        database: Any = import_module("tests.database")
        if database.LOCK.exists():
            database.begin_with_copy_of_its_own()
        with open(os.devnull, "w") as nowhere:  # what a process says beside its answer
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
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
        by_name |= hunted([mutant for mutant in found if not mutant.beside and mutant.name not in by_name], files)
        _tell(by_name, found, files)
    for module, names in BESIDE.items():
        files = tuple(f"tests/incidents/{name}.py" for name in (OF_ALL, *names))
        by_name |= hunted([mutant for mutant in found if mutant.beside == module], files)
        _tell(by_name, found, files)
    by_chance = hunted([mutant for mutant in found if not mutant.beside and mutant.name not in by_name], RANDOM)
    for name in (mutant.name for mutant in found):
        chance = f"{by_chance[name]} (by chance)" if name in by_chance else "NOBODY NOTICES"
        _say(f"{name}\n    {by_name.get(name, chance).rpartition('/')[2]}")
    unnoticed = [mutant.name for mutant in found if mutant.name not in by_name and mutant.name not in by_chance]
    figures = {"mutants": len(found), "noticed": len(by_name), "only_by_chance": list(by_chance)}
    seconds = round(time.monotonic() - started)
    _say(json.dumps({**figures, "unnoticed": unnoticed, "seconds": seconds}, ensure_ascii=False))
    return int(len(by_name) < ENOUGH * len(found))


def _tell(by_name: Mapping[str, str], found: Sequence[Mutant], asked: Sequence[str]) -> None:
    """How far it has come, beside what is printed: a whole run takes more than an hour."""
    sys.stderr.write(f"{len(by_name)} of {len(found)} noticed, last asked: {asked[-1]}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    raise SystemExit(main(" ".join(sys.argv[1:])))
