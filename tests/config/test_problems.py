"""What a form's summary counts, names and links."""

from django import forms
from django.forms.formsets import formset_factory
from django.template import Context, Template
from django.utils.html import format_html

from config.templatetags.problems import problems


class Shop(forms.Form):
    name = forms.CharField()
    size = forms.IntegerField()
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


def summary(form: forms.Form, **rows: object) -> str:
    template = Template('{% include "shell/form_errors.html" %}')
    return " ".join(template.render(Context({"form": form, "rows": rows})).split())


def test_several_are_counted_and_linked() -> None:
    text = summary(Shop({"name": "", "size": "x"}))
    assert "2 things to correct" in text
    assert '<a href="#id_name">Name</a>: This field is required.' in text
    assert '<a href="#id_size">Size</a>: Enter a whole number.' in text


def test_one_at_its_field_needs_no_summary() -> None:
    assert summary(Shop({"name": "", "size": "1"})) == ""
    assert summary(Shop({"name": "a", "size": "1"})) == ""


def test_a_refusal_says_itself_and_keeps_its_link() -> None:
    form = Shop({"name": "a", "size": "1"})
    form.is_valid()
    form.add_error(None, format_html('{} <a href="/upgrades/7/">Look at it</a>', "Ada & Bob are at work."))
    text = summary(form)
    assert 'Ada &amp; Bob are at work. <a href="/upgrades/7/">Look at it</a>' in text
    assert "to correct" not in text


def test_rows_are_counted_too_and_linked() -> None:
    rows = formset_factory(Shop)({"a-TOTAL_FORMS": "1", "a-INITIAL_FORMS": "0", "a-0-name": "x"}, prefix="a")
    listed = problems(Shop({"name": "a", "size": "1"}), {"a": rows})
    assert [(problem.label, problem.anchor) for problem in listed.found] == [("Size", "id_a-0-size")]
    assert listed.summed_up


def test_a_hidden_field_has_nowhere_to_lead() -> None:
    text = summary(Shop({"name": "", "size": "1", "revision": "x"}))
    assert "Revision: Enter a whole number." in text
    assert "#id_revision" not in text
