"""What the parts' page shows: sample values and a form with each kind of field."""

from typing import Any

from django import forms
from django.utils import timezone


class SampleForm(forms.Form):
    """One field of each kind, some of them wrong."""

    name = forms.CharField(max_length=80, label="Name", help_text="What a buyer would type to find it")
    price = forms.DecimalField(label="Price", help_text="What the buyer pays")
    category = forms.ChoiceField(label="Category", choices=[("", "Choose one"), ("pots", "Pots"), ("cups", "Cups")])
    text = forms.CharField(label="Text", max_length=200, required=False, widget=forms.Textarea({"rows": 3}))
    condition = forms.ChoiceField(
        label="Condition", choices=[("new", "New"), ("used", "Used")], widget=forms.RadioSelect
    )
    made_to_order = forms.BooleanField(label="Made to order", help_text="Buyers see how long you need", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"].unit = "$"  # type: ignore[attr-defined]


def context() -> dict[str, Any]:
    form = SampleForm(
        {
            "name": "Teal teapot",
            "price": "zero",
            "category": "pots",
            "text": "One firing, forty pieces.",
            "condition": "new",
        }
    )
    form.add_error(None, "The channel is on holiday: posts wait until it opens again.")
    return {
        "form": form,
        "now": timezone.now(),
        "pictures": [None, None, None, None],
        "crumbs": [("Shop", "#"), ("Home", "#"), ("Teapots", "")],
        "hues": range(12),
        "steps": ["Name", "Look", "Terms", "First post"],
        "cards": [
            {"title": "Arched tote, sand", "icon": "shopping-bag", "price": 4800, "hue": 1, "by": "Kaf Studio"},
            {
                "title": "Ruby teapot, one litre",
                "icon": "coffee",
                "price": 3400,
                "was": 4200,
                "hue": 2,
                "by": "Saffron & Clay",
            },
            {
                "title": "Reading chair, blue wool",
                "icon": "armchair",
                "price": 24000,
                "hue": 8,
                "by": "Saffron & Clay",
                "feature": True,
                "badge": "Picked by us",
                "badge_css": "drop",
            },
            {"title": "Juniper bonsai, 12 years", "icon": "sprout", "price": 13000, "hue": 5, "by": "Leaf Street"},
            {
                "title": "Polaroid OneStep, tested",
                "icon": "camera",
                "price": 8500,
                "hue": 0,
                "by": "Second Lens",
                "badge": "Last one",
            },
            {
                "title": "Kite, cotton tail",
                "icon": "wind",
                "price": 1800,
                "hue": 11,
                "by": "Wooden Horse",
                "sold": True,
                "badge": "Sold out",
            },
            {"title": "Turquoise ring, size 54", "icon": "gem", "price": 7000, "hue": 7, "by": "Niloofar Silver"},
        ],
    }
