"""Why a version's state changes."""

from django import forms


class ReasonForm(forms.Form):
    reason = forms.CharField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
