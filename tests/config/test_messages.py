"""Every English text has a Japanese one."""

from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import gettext, override
from django.utils.translation.reloader import translation_file_changed

from config import messages


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project: two texts in Python, one in a template, one translated."""
    for folder in ("office", "templates/office", "locale/office/ja/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "office" / "views.py").write_text(
        '_("Save")\nraise Refused("conflict", "Too late, %(name)s.", name="x")\ngettext("a" if late else "b")\n'
    )
    (tmp_path / "templates" / "office" / "page.html").write_text(
        '{% translate "It\'s here" %}{% translate "May" context "the month" %}\n'
        "{% blocktranslate trimmed count n=n %}\n  One {{ what }}\n{% plural %}\n  Many 100%\n{% endblocktranslate %}"
    )
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    return tmp_path


def write(house: Path, *texts: tuple[str, str]) -> Path:
    path = house / "locale/office/ja/LC_MESSAGES/django.po"
    catalog = polib.POFile()
    catalog.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalog.extend(polib.POEntry(msgid=msgid, msgstr=msgstr) for msgid, msgstr in texts)
    catalog.save(str(path))
    return path


def test_nothing_we_say_is_left_in_english() -> None:
    assert [f"{use.path}:{use.line} {use.msgid}" for use in messages.missing(settings.BASE_DIR)] == []


def test_texts_are_found_in_code_and_templates(house: Path) -> None:
    found = {use.msgid for use in messages.missing(house)}
    assert found == {"Save", "Too late, %(name)s.", "a", "b", "It's here", "May", "One %(what)s", "Many 100%%"}


def test_a_translated_text_is_not_missing(house: Path) -> None:
    write(house, ("Save", "保存する"))
    assert "Save" not in {use.msgid for use in messages.missing(house)}


def test_an_empty_translation_is_none(house: Path) -> None:
    write(house, ("Save", " "))
    assert "Save" in {use.msgid for use in messages.missing(house)}


def test_the_check_fails_and_names_the_place(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="texts have no Japanese"):
        call_command("messages", "--check")
    assert "office/views.py:1: 'Save'" in capsys.readouterr().out


def test_catalogs_are_compiled_only_when_they_changed(house: Path) -> None:
    path = write(house, ("Save", "保存する"))
    assert messages.compile_catalogs(house) == [path.with_suffix(".mo")]
    assert polib.mofile(str(path.with_suffix(".mo")))[0].msgstr == "保存する"
    assert messages.compile_catalogs(house) == []


def test_what_was_compiled_is_spoken_at_once(house: Path) -> None:
    forget = Path("django.mo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "LOCALE_PATHS", [house / "locale" / "office"])
        translation_file_changed(None, forget)
        with override("ja"):
            assert gettext("Keep this sentence") == "Keep this sentence"  # read, and not there yet
        write(house, ("Keep this sentence", "この一文を残す"))
        messages.compile_catalogs(house)
        with override("ja"):
            assert gettext("Keep this sentence") == "この一文を残す"
    translation_file_changed(None, forget)
