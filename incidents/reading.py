"""A submitted paper as its approver reads it: label and text by field, and what has changed since the last time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from incidents.effects import effect_words
from incidents.forms import PaperForm
from incidents.forms.base import ContactField, ContactsField, HoursField, OurPeople
from incidents.forms.effect_check import EffectsField
from incidents.forms.lines import LinesForm
from incidents.forms.traces import TracesField
from incidents.forms.visit import PointsField
from incidents.leaves.base import day_text
from incidents.steps import Setting
from office.http import whole_number
from office.templatetags.makoto import yen

LIKE = 0.45  # below it a text is another text: shown whole, old beside new
SHORTEST_EQUAL = 3  # characters: shorter islands between changes are noise


class Piece(NamedTuple):
    """A stretch of text: same, added or gone."""

    sort: str
    text: str


@dataclass(frozen=True)
class Line:
    """One field as it reads. `before` and `now` are the pieces of a changed text, empty when nothing changed."""

    name: str
    label: str
    text: str
    changed: bool = False
    before: tuple[Piece, ...] = ()
    now: tuple[Piece, ...] = ()


def reading(form: type[PaperForm], data: Mapping[str, Any], setting: Setting) -> list[Line]:
    """The filled fields of a paper in the form's order."""
    return [line for line in _lines(form, data, setting) if line.text]


def compared(form: type[PaperForm], old: Mapping[str, Any], new: Mapping[str, Any], setting: Setting) -> list[Line]:
    """The same, with what has changed since an earlier submission; unchanged parts stay visible."""
    before = {line.name: line.text for line in _lines(form, old, setting)}
    found = []
    for line in _lines(form, new, setting):
        was = before[line.name]
        if was == line.text:
            found.append(line)
            continue
        gone, added = pieces(was, line.text)
        found.append(Line(line.name, line.label, line.text, True, gone, added))
    return [line for line in found if line.text or line.changed]


def differing(
    form: type[PaperForm], theirs: Mapping[str, Any], mine: Mapping[str, Any], setting: Setting
) -> list[Line]:
    """Where two writers of one working paper differ: `before` is what the other one saved, `now` what one typed."""
    return [line for line in compared(form, theirs, mine, setting) if line.changed]


def pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """What is gone from the old text and what is added in the new one."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < LIKE and not new.startswith(old):
        return _only(Piece("gone", old)), _only(Piece("added", new))
    before, now = [], []
    for tag, a, b, c, d in matcher.get_opcodes():
        same = tag == "equal" and (b - a >= SHORTEST_EQUAL or a == 0)
        before.append(Piece("same" if same else "gone", old[a:b]))
        now.append(Piece("same" if same else "added", new[c:d]))
    return _joined(before), _joined(now)


def _only(piece: Piece) -> tuple[Piece, ...]:
    return (piece,) if piece.text else ()


def _joined(found: list[Piece]) -> tuple[Piece, ...]:
    """Neighbours of one sort as one stretch."""
    joined: list[Piece] = []
    for piece in found:
        if piece.text and joined and joined[-1].sort == piece.sort:
            joined[-1] = Piece(piece.sort, joined[-1].text + piece.text)
        elif piece.text:
            joined.append(piece)
    return tuple(joined)


def _lines(form: type[PaperForm], data: Mapping[str, Any], setting: Setting) -> Iterator[Line]:
    blank = form(setting=setting)
    for name, field in blank.fields.items():
        if isinstance(blank, LinesForm) and name == blank.slot:
            yield Line(name, str(field.label), _rows(blank, data.get(name) or []))
        else:
            yield Line(name, str(field.label), shown(field, data.get(name)))


def shown(field: forms.Field, value: Any) -> str:
    """A value as text."""
    if value in (None, "", []):
        return ""
    if isinstance(field, PointsField):
        return "\n".join(_point(one) for one in value)
    if isinstance(field, TracesField):  # a draft knows their keys only
        kept = (one for one in value if isinstance(one, dict))
        return "\n".join(f"{day_text(date.fromisoformat(one['on']))} {one['text']}" for one in kept)
    if isinstance(field, EffectsField):
        return "\n".join(effect_words(one["what"], one["against"], one["of"]) for one in value)
    if isinstance(value, list):
        return "、".join(_choice(field, one) for one in sorted(value, key=_order(field)))
    if isinstance(field, forms.ChoiceField):
        return _choice(field, value)
    if isinstance(field, forms.DateTimeField):
        return moment_text(datetime.fromisoformat(str(value)))
    if isinstance(field, forms.DateField):
        return day_text(date.fromisoformat(str(value)))
    if isinstance(field, forms.BooleanField):
        return gettext("Yes") if value else ""
    if isinstance(field, HoursField):
        return ngettext("%(n)s hour", "%(n)s hours", value) % {"n": value}
    return str(yen(value)) if isinstance(value, int) else str(value)


def _order(field: forms.Field) -> Callable[[Any], int]:
    """Where a value stands on the field's list, so that the same people read the same; others last, as they came."""
    places = {str(key): place for place, (key, _label) in enumerate(getattr(field, "choices", ()))}
    return lambda value: places.get(str(value), len(places))


def _point(point: Any) -> str:
    """A point of the apology as it was submitted, or only its words in a draft."""
    if isinstance(point, str):
        return point
    return f"{gettext('Said') if point['said'] else gettext('Not said yet')}: {point['what']}"


def _choice(field: forms.Field, value: Any) -> str:
    words = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    words |= {"True": words.get("yes", ""), "False": words.get("no", "")}
    known = words.get(str(value))
    if known is None and isinstance(field, OurPeople):  # billing is no visitor, and may have a measure
        colleague = field.directory().get(whole_number(str(value)))
        return colleague.called if colleague else gettext("somebody who has left")
    if known is None and isinstance(field, ContactField | ContactsField):
        return gettext("somebody who has left")
    return known or str(value)


def _rows(form: LinesForm, rows: list[dict[str, Any]]) -> str:
    """The lines of a paper, one a line: what, and in brackets the rest."""
    blank = form.line_form(setting=form.setting)
    first, *rest = blank.fields
    told = []
    for row in rows:
        facts = [text for name in rest if (text := shown(blank.fields[name], row.get(name)))]
        told.append(f"{row.get(first, '')}({'、'.join(facts)})")
    return "\n".join(told)


def moment_text(at: datetime) -> str:
    """11/27(金) 14:00 in Japan."""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    return f"{day_text(local.date())} {local.hour}:{local.minute:02d}"
