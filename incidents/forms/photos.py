"""A word to the photos; the photos themselves come in two inputs of one name, the camera and the album."""

from django import forms
from django.utils.translation import gettext_lazy as _

from office.forms import MakotoForm


class PhotosForm(MakotoForm):
    """What they show."""

    note = forms.CharField(
        label=_("What they show"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("The typed summary stays the record."),
    )  # fmt: skip
