"""Which texts the code speaks, and which of them Japanese does not say yet.

msgids are English and stand in code and templates; the Japanese stands in locale/<app>/ja/LC_MESSAGES/django.po.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.conf import settings
from django.template import TemplateSyntaxError
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

# Function name → positions of its arguments that are msgids. Plurals share one Japanese text.
SPEAKERS = {
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "_": (0,),
    "ngettext": (0, 1),
    "ngettext_lazy": (0, 1),
    "pgettext": (1,),
    "pgettext_lazy": (1,),
    "Refused": (1,),
    "guard": (0,),
}
# templatize() turns a template into Python-like text with these calls; long texts keep their own quotes.
TEMPLATE_CALL = re.compile(r"""\b(n?p?gettext|_)\(\s*(?=u?['"])""")


@dataclass(frozen=True, order=True)
class Use:
    """One text at one place."""

    app: str
    path: str
    line: int
    msgid: str


def uses(root: Path) -> Iterator[Use]:
    """Yield every msgid in the Python code and templates of the project folder `root`."""
    for app in ("config", *settings.LOCAL_APPS):
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _in_python(app, path, root)
    for path in sorted((root / "templates").rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            first = path.relative_to(root / "templates").parts[0]
            yield from _in_template(first if first in settings.LOCAL_APPS else "config", path, root)


def missing(root: Path) -> list[Use]:
    """Return the uses whose msgid has no Japanese text in any app's file, one for each app and msgid."""
    known = {msgid for path in catalogs(root) for msgid in translated(path)}
    found = {(use.app, use.msgid): use for use in sorted(uses(root), reverse=True) if use.msgid not in known}
    return sorted(found.values())


def catalogs(root: Path) -> list[Path]:
    """Return the .po files of the project."""
    return sorted((root / "locale").glob("*/*/LC_MESSAGES/django.po"))


def translated(path: Path) -> Iterator[str]:
    """Yield the msgids of a .po file that have a text which is neither empty nor marked fuzzy."""
    for entry in polib.pofile(str(path)):
        texts = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
        if texts and all(text.strip() for text in texts) and not entry.fuzzy and not entry.obsolete:
            yield entry.msgid
            if entry.msgid_plural:
                yield entry.msgid_plural


def compile_catalogs(root: Path) -> list[Path]:
    """Write the .mo file of every .po that is newer than it; return what was written. Needs no gettext program.

    What this process has read before is forgotten: the demo, told right after, would else be told in English.
    """
    written = []
    for po in catalogs(root):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            # Another process may be reading: a finished file takes the old one's place.
            draft = mo.with_suffix(f".{po.stat().st_mtime_ns}.tmp")
            polib.pofile(str(po)).save_as_mofile(str(draft))
            draft.replace(mo)
            translation_file_changed(None, mo)
            written.append(mo)
    return written


def _in_python(app: str, path: Path, root: Path) -> Iterator[Use]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            for text in _texts(node):
                yield Use(app, str(path.relative_to(root)), node.lineno, text)


def _texts(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    said = [call.args[position] for position in SPEAKERS.get(name, ()) if position < len(call.args)]
    if name == "Refused":
        said += [keyword.value for keyword in call.keywords if keyword.arg == "message"]
    for node in said:
        yield from _strings(node)


def _strings(node: ast.expr) -> Iterable[str]:
    """Return the texts an argument may have: "a", or both of "a" if it else "b"."""
    if isinstance(node, ast.IfExp):
        return [*_strings(node.body), *_strings(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else []


def _in_template(app: str, path: Path, root: Path) -> Iterator[Use]:
    where = str(path.relative_to(root))
    try:
        code = templatize(path.read_text(), origin=where)
    except TemplateSyntaxError as error:
        raise ValueError(f"{where}: {error}") from error
    for call in TEMPLATE_CALL.finditer(code):
        line = code.count("\n", 0, call.start()) + 1
        texts = list(_literals(code[call.end() :]))
        for text in texts[1:] if "pgettext" in call[1] else texts:  # the first of those says what is meant
            yield Use(app, where, line, text)


LITERAL = re.compile(r"""\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|'{3}.*?'{3}|"{3}.*?"{3})\s*,?""", re.DOTALL)


def _literals(code: str) -> Iterator[str]:
    """Yield the string literals at the start of `code`: one text, or singular and plural."""
    position = 0
    while literal := LITERAL.match(code, position):
        yield ast.literal_eval(literal[1])
        position = literal.end()
