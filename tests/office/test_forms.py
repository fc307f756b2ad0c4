"""The base of all forms, and how a field is drawn."""

from uuid import UUID

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms

from office.forms import ChipsTextarea, Idempotent, MakotoForm, PickerInput
from office.models import User


class Report(Idempotent, MakotoForm):
    """A form with one field of each drawing."""

    customer = forms.CharField(label="お客様", help_text="カナでも探せます", widget=PickerInput("customers:names"))
    aware_at = forms.DateTimeField(label="知った日時", required=False)
    on = forms.DateField(label="日", required=False)
    summary = forms.CharField(label="何がありましたか", widget=ChipsTextarea(("お電話で",)), required=False)
    kind = forms.ChoiceField(label="種類", choices=[("a", "不具合")], required=False)
    reaction = forms.ChoiceField(label="反応", choices=[("a", "ご納得")], widget=forms.RadioSelect, required=False)
    agreed = forms.BooleanField(label="合意済み", required=False)


KEY = "6f9f5d3e-3b1d-4c7b-8a55-1f0b5f6f0a11"
GOOD = {"customer": "東和工業", "idempotency": KEY}


def test_a_good_form_is_taken() -> None:
    form = Report(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["idempotency"] == UUID(KEY)


@pytest.mark.parametrize("field", ["customer", "kind", "aware_at", "summary"])
def test_nul_is_refused_beside_the_field(field: str) -> None:
    form = Report(GOOD | {field: "a\0b"})
    assert list(form.errors) == [field]


def test_rare_characters_pass_unchanged() -> None:
    form = Report(GOOD | {"customer": "㈱髙﨑𠮷邉 葛󠄀城"})
    assert form.is_valid()
    assert form.cleaned_data["customer"] == "㈱髙﨑𠮷邉 葛󠄀城"


def test_each_form_shown_has_a_key_of_its_own() -> None:
    assert Report()["idempotency"].value() != Report()["idempotency"].value()


def test_a_form_given_back_keeps_its_key() -> None:
    assert KEY in render_crispy_form(Report({"idempotency": KEY}))


def test_dates_use_the_browsers_own_fields() -> None:
    drawn = render_crispy_form(Report())
    assert 'type="datetime-local"' in drawn
    assert 'type="date"' in drawn


def test_the_label_says_whether_the_field_is_needed() -> None:
    drawn = render_crispy_form(Report())
    assert drawn.count('class="need"') == 1
    assert "placeholder" not in drawn


def test_help_and_error_are_tied_to_the_field() -> None:
    drawn = render_crispy_form(Report({"idempotency": KEY}))
    assert 'aria-describedby="id_customer_helptext id_customer_error"' in drawn
    assert 'id="id_customer_helptext"' in drawn
    assert 'id="id_customer_error"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_the_error_summary_leads_to_the_field() -> None:
    assert '<a href="#id_customer">' in render_crispy_form(Report({"idempotency": KEY}))


def test_a_group_of_choices_is_a_fieldset_with_a_legend() -> None:
    drawn = render_crispy_form(Report())
    assert '<legend class="label">反応' in drawn


@pytest.mark.parametrize(("required", "words"), [(True, "お選びください"), (False, "なし")])
def test_an_empty_choice_says_what_it_means(db: None, required: bool, words: str) -> None:
    class Form(MakotoForm):
        who = forms.ModelChoiceField(User.objects.none(), required=required)
        what = forms.ChoiceField(choices=[("", "---------"), ("a", "A")], required=required)

    page = str(Form())
    assert "---------" not in page
    assert page.count(words) == 2
