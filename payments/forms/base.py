"""What every form that moves money carries: a key, so that sending it twice does it once."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict


class KeyedForm(forms.Form):
    """``key`` is made when the form is shown and comes back with it."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": str(uuid.uuid4())} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    @property
    def sent_key(self) -> str:
        """The key as services take it; for valid forms."""
        return str(self.cleaned_data["key"])

    def renew_key(self) -> None:
        """For a form that is shown again after its key was used for something else."""
        self._put("key", str(uuid.uuid4()))

    def _put(self, name: str, value: str) -> None:
        sent = self.data
        data = sent.copy() if isinstance(sent, QueryDict) else QueryDict(mutable=True)
        data[name] = value
        self.data = data

    def refuse(self, refusal: Exception) -> None:
        """Puts what a service refused beside its field, if the refusal names one."""
        field = getattr(refusal, "field", "")
        self.add_error(field if field in self.fields else None, str(refusal))


class VersionedForm(KeyedForm):
    """A form about a request as it was when the form was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def show_version(self, version: int) -> None:
        """For a form that is shown again beside a request that has changed."""
        self._put("version", str(version))
