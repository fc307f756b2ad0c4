"""Every sentence the office can answer with has a Japanese one, and no Japanese stands in the code."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CODE = sorted(path for path in (ROOT / "office").rglob("*.py") if "migrations" not in path.parts)
PLACE = {"Refused": 1, "RowError": 2, "_refused": 0}  # the argument that is a sentence
KNOWN = {
    entry.msgid: entry.msgstr or entry.msgstr_plural[0]
    for entry in polib.pofile(str(ROOT / "locale/office/ja/LC_MESSAGES/django.po"))
}


def sentences(tree: ast.AST) -> set[str]:
    """The sentences refusals are made with."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACE:
            word = node.args[PLACE[node.func.id]]
            if isinstance(word, ast.Constant):
                found.add(str(word.value))
    return found


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_refusal_is_translated(path: Path) -> None:
    assert sentences(ast.parse(path.read_text())) <= set(KNOWN)


def test_every_translation_keeps_its_places() -> None:
    wrong = {
        msgid
        for msgid, words in KNOWN.items()
        if not words or set(re.findall(r"%\(\w+\)s", words)) != set(re.findall(r"%\(\w+\)s", msgid))
    }
    assert wrong == set()
