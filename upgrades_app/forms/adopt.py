from django import forms


class AdoptForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="Display name. The slug for commands is derived from it.")
