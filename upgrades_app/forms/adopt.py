"""What an application that is taken in is called."""

from django import forms


class AdoptForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="People read it; its short name for commands is made from it.")
