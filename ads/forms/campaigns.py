"""A campaign as its seller says it."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ads.models import Campaign, Creative
from ads.selectors import campaigns as selectors
from ads.selectors.live import market_now
from ads.services import CampaignData
from sellers import selectors as sellers
from sellers.forms.fields import AmountField
from sellers.models import Channel

LINE = int(getattr(Creative._meta.get_field("line"), "max_length", 0))
WEEKS = 2  # that a new campaign runs, unless its seller says otherwise


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class CampaignForm(forms.Form):
    """``product`` empty is the channel itself; ``categories`` are roots of the tree, kept as their leaves."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Only your team sees it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    product = forms.TypedChoiceField(label=_("What is advertised"), coerce=int, empty_value=None, required=False)
    line = forms.CharField(
        label=_("A few words"),
        max_length=LINE,
        required=False,
        help_text=_("Shown in the ad, below its name."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    placements = forms.MultipleChoiceField(
        label=_("Where it is shown"), choices=Campaign.Placement.choices, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ChoiceField(label=_("Who sees it"), choices=Campaign.People.choices, widget=forms.RadioSelect)
    categories = forms.TypedMultipleChoiceField(
        label=_("Interested in"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    city = forms.CharField(
        label=_("City"),
        max_length=80,
        required=False,
        help_text=_("Of people who had something sent there."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    funding = forms.ChoiceField(label=_("How it is paid"), choices=Campaign.Funding.choices, widget=forms.RadioSelect)
    start_date = _day(_("First day"))
    end_date = _day(_("Last day"))

    def __init__(self, *args: Any, channel: Channel, chosen: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        self.things = {product.pk: product for product in selectors.get_products(channel, chosen)}
        currency = channel.currency
        self.fields["bid_minor"] = AmountField(
            label=_("Most for a click"),
            currency=currency,
            help_text=_("You pay what the next one would have bid, never more than this."),
        )
        self.fields["daily_budget_minor"] = AmountField(label=_("Budget a day"), currency=currency)
        self.fields["total_budget_minor"] = AmountField(label=_("Budget in all"), currency=currency)
        named = [(pk, product.title) for pk, product in self.things.items()]
        self._choose("product", [("", gettext("The channel itself")), *named])
        self._choose("categories", [(root.id, str(root)) for root in sellers.get_category_tree().roots])
        self._choose("language", [("", gettext("Any")), *settings.LANGUAGES])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def new(cls, channel: Channel) -> "CampaignForm":
        """Everywhere, for everybody, for two weeks."""
        today = market_now(channel.market).date()
        initial = {
            "placements": Campaign.Placement.values,
            "people": Campaign.People.EVERYBODY,
            "funding": Campaign.Funding.PREPAID,
            "start_date": today,
            "end_date": today + dt.timedelta(weeks=WEEKS),
        }
        return cls(channel=channel, initial=initial)

    @classmethod
    def of(cls, campaign: Campaign, creative: Creative | None) -> "CampaignForm":
        names = ("name", "placements", "people", "city", "language", "funding", "start_date", "end_date")
        amounts = ("bid_minor", "daily_budget_minor", "total_budget_minor")
        initial = {name: getattr(campaign, name) for name in (*names, *amounts)}
        chosen = set(campaign.category_ids)
        tree = sellers.get_category_tree()
        roots = [root.id for root in tree.roots if chosen.issuperset(tree.leaf_ids(root))]
        more = {"product": campaign.product_id, "categories": roots, "line": creative.line if creative else ""}
        return cls(channel=campaign.channel, chosen=campaign.product_id, initial=initial | more)

    def clean_categories(self) -> list[int]:
        return selectors.get_leaves(self.cleaned_data["categories"])

    def data_of(self) -> CampaignData:
        """Of a valid form."""
        given = dict(self.cleaned_data)
        product, categories = given.pop("product"), given.pop("categories")
        return CampaignData(product=self.things.get(product), category_ids=categories, **given)
