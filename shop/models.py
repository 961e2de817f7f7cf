"""The little the buyer's front keeps: what staff show first, what a person looked at, the search index."""

from typing import cast

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import markets
from core.models import Picture
from sellers.models import Channel, Product, Variant


class Showcase(models.Model):
    """One promotion at the top of the shop tab: one picture, one promise, one action. Staff pick it."""

    market = models.CharField(_("market"), max_length=8, choices=markets.choices)
    headline = models.CharField(_("headline"), max_length=60)
    subline = models.CharField(_("line below"), max_length=80, blank=True)
    label = models.CharField(_("label"), max_length=30, blank=True)
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.ForeignKey(
        Channel, verbose_name=_("channel"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    picture = models.ForeignKey(
        "core.Picture", verbose_name=_("picture"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("showcase")
        verbose_name_plural = _("showcase")
        constraints = [
            models.CheckConstraint(
                condition=Q(product=None, channel__isnull=False) | Q(product__isnull=False, channel=None),
                name="showcase_shows_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return (self.product or self.seller).get_absolute_url()

    @property
    def seller(self) -> Channel:
        """Whose thing or channel it is."""
        return self.product.channel if self.product else cast(Channel, self.channel)  # a constraint: one of the two

    @property
    def shown_picture(self) -> Picture | None:
        """Its own picture, else its subject's."""
        return self.picture or (self.product.cover if self.product else self.seller.cover or self.seller.avatar)

    @property
    def icon(self) -> str:
        return self.product.category.icon if self.product else "store"


class RecentView(models.Model):
    """A person's last look at a product; her newest fifty are kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recent_views")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("recent view")
        verbose_name_plural = _("recent views")
        constraints = [models.UniqueConstraint("person", "product", name="recent_view_once")]

    def __str__(self) -> str:
        return f"{self.person_id} saw {self.product_id}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def waiting(self) -> "AlertQuerySet":
        """Those that will be told: of a person, or of a guest who proved that the address is hers."""
        return self.exclude(person=None, confirmed_at=None)


class Alert(models.Model):
    """Somebody waits for a thing: until it is there again, or costs less than when she asked. Used up when told."""

    class Kind(models.TextChoices):
        BACK = "back", _("When it is back")
        PRICE = "price", _("When it costs less")

    kind = models.CharField(max_length=5, choices=Kind.choices)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="alerts")
    variant = models.ForeignKey(Variant, null=True, on_delete=models.CASCADE, related_name="alerts")
    price_minor = models.BigIntegerField()  # when it was asked for
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="alerts")
    email = models.EmailField(blank=True)  # a guest's, in lower case; or
    phone = models.CharField(max_length=16, blank=True)  # a guest's, as +4915112345678
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)  # a guest opened the link she was sent

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("thing waited for")
        verbose_name_plural = _("things waited for")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, email="", phone="")
                | Q(person=None, phone="") & ~Q(email="")
                | Q(person=None, email="") & ~Q(phone=""),
                name="alert_reaches_somebody",
            ),
            models.UniqueConstraint(
                "person", "email", "phone", "product", "variant", "kind", nulls_distinct=False, name="alert_once"
            ),
        ]
        indexes = [
            models.Index(fields=["product", "kind"], name="alert_of_product"),
            models.Index(fields=["asked_at"], name="alert_unconfirmed", condition=Q(person=None, confirmed_at=None)),
            models.Index(fields=["email", "phone"], name="alert_of_guest", condition=Q(person=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.product_id}"


class RecentSearch(models.Model):
    """What a person searched for last, shown while she types; her newest twenty are kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recent_searches")
    words = models.CharField(max_length=100)
    searched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("recent search")
        verbose_name_plural = _("recent searches")
        constraints = [models.UniqueConstraint("person", "words", name="recent_search_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.words}"


class SearchDocument(models.Model):
    """What a search looks up: a product's words and what narrows a search. Triggers make a document with each product
    and keep what it repeats of the product right in the same transaction; words follow."""

    MOST_POPULAR = 10_000  # of a market

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, related_name="search_document")
    version = models.PositiveIntegerField(default=0)  # the product's when its words were read; behind it, read again
    market = models.CharField(max_length=8, default="")
    is_listed = models.BooleanField(default=False)
    price_minor = models.BigIntegerField(default=0)
    facet_terms = ArrayField(models.CharField(max_length=120), default=list)
    popularity = models.BigIntegerField(default=0)
    is_popular = models.BooleanField(
        default=False, db_default=False
    )  # one of the first thousands of its market, as of a minute ago
    size = models.SmallIntegerField(default=1)  # how many different words the title has
    vector = SearchVectorField(default="")  # lexemes, each once: A title, B kind and brand, C seller, D text

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        # Without the list in which changes would wait: every search would read it, for each of its words.
        indexes = [
            GinIndex(fields=["vector", "facet_terms"], name="search_found", fastupdate=False),
            GinIndex(fields=["vector"], name="search_popular", fastupdate=False, condition=models.Q(is_popular=True)),
            # Its condition says a little more, though always true: who asks for words cannot be led here instead.
            models.Index(
                fields=["product"], name="search_popular_ones", condition=models.Q(is_popular=True, version__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"document of {self.product_id}"


class SearchTitle(models.Model):
    """A title as the last step of a search's order compares it: read for few, so it stands apart."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, related_name="+")
    words = models.TextField()  # in order, measures in one writing
    lexemes = models.TextField()  # theirs
    noun = models.SmallIntegerField()  # which of them names the thing

    class Meta:
        verbose_name = _("title in a search")
        verbose_name_plural = _("titles in a search")

    def __str__(self) -> str:
        return self.words[:60]


class ChannelDocument(models.Model):
    """What search knows of a channel, in folded words with a space before each."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="search_document")
    words = models.TextField()

    class Meta:
        verbose_name = _("search document of a channel")
        verbose_name_plural = _("search documents of channels")
        indexes = [GinIndex(fields=["words"], name="channel_trigrams", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.words[:60]


class SearchWord(models.Model):
    """A word the catalogue uses, with its near misses (shop.spelling): what a slip may be corrected to."""

    word = models.CharField(max_length=40, primary_key=True)
    lexeme = models.CharField(max_length=60, default="")
    near = ArrayField(models.CharField(max_length=40))

    class Meta:
        verbose_name = _("word of the catalogue")
        verbose_name_plural = _("words of the catalogue")
        indexes = [GinIndex(fields=["near"], name="search_word_near")]

    def __str__(self) -> str:
        return self.word


class SearchTerm(models.Model):
    """In how many listed products of a market a lexeme stood last night; the empty one counts all products."""

    market = models.CharField(max_length=8)
    lexeme = models.CharField(max_length=60)
    documents = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("how common a word is")
        verbose_name_plural = _("how common words are")
        indexes = [models.Index(fields=["lexeme"], name="search_term_begins", opclasses=["varchar_pattern_ops"])]
        constraints = [models.UniqueConstraint("market", "lexeme", name="search_term_once")]

    def __str__(self) -> str:
        return f"{self.lexeme}: {self.documents}"


class SearchTable(models.Model):
    """Queries and what must come first in a market, kept by staff; running it changes nothing."""

    name = models.CharField(_("name"), max_length=60)
    market = models.CharField(_("market"), max_length=8, choices=markets.choices)
    rows = models.TextField(
        _("rows"),
        max_length=60_000,
        help_text=_(
            "One query a line, then a tab and the number or title of the product that must come first, or of several."
        ),
    )

    class Meta:
        verbose_name = _("table of searches")
        verbose_name_plural = _("tables of searches")

    def __str__(self) -> str:
        return self.name


class Progress(models.Model):
    """Up to when a recurring job has seen everything."""

    job = models.CharField(max_length=40, primary_key=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("progress of a job")
        verbose_name_plural = _("progress of jobs")

    def __str__(self) -> str:
        return f"{self.job}: {self.until:%Y-%m-%d %H:%M:%S}"
