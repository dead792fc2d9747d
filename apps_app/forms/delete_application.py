from django import forms


class UntrackForm(forms.Form):
    understood = forms.BooleanField(
        label="I understand that containers stay on the target", error_messages={"required": "Tick this."}
    )
