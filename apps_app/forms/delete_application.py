"""What an owner has to say before an application is forgotten."""

from django import forms


class ForgetForm(forms.Form):
    understood = forms.BooleanField(label="I know what stays on the target", error_messages={"required": "Tick this."})
