"""Forms take what people of any language type, and lose none of it."""

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from sellers import selectors
from sellers.forms import Editor, OpenChannelForm, Photos, Start, sign, suggest_handle
from sellers.forms.fields import AmountField, CountField, MeasureField
from sellers.forms.variants import VariantTable
from tests.factories import make_category, make_picture, make_product_post, make_user


def posted(**values: object) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name.replace("__", "-"), [str(one) for one in value] if isinstance(value, list) else [str(value)])
    return data


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Saffron & Clay", "saffron_and_clay"),
        ("Café Zoë", "cafe_zoe"),
        ("Mina's Pots!", "minas_pots"),
        ("زعفران", "zafran"),
        ("کاف استودیو ۲", "kaf_astodio_2"),
        ("陶器", ""),
        ("x" * 50, "x" * 30),
    ],
)
def test_a_name_suggests_a_handle(name, handle):
    assert suggest_handle(name) == handle


def test_a_missing_handle_comes_back_suggested():
    form = OpenChannelForm(
        posted(name="Saffron & Clay", tagline="Pots", city="Rasht", language="en", market="us", hue=3)
    )
    assert form.errors == {"handle": ["Choose an address; here is one made of the name."]}
    assert form["handle"].value() == "saffron_and_clay"


@pytest.mark.parametrize(
    ("language", "currency", "typed", "minor"),
    [
        ("en", "USD", "38.50", 3850),
        ("en", "USD", "1,200", 120000),
        ("fa", "USD", "۳۸٫۵", 3850),
        ("en", "IRR", "385000", 385000),
        ("fa", "IRR", "۳۸٬۵۰۰", 385000),
        ("en", "TWD", "1200", 1200),
    ],
)
def test_amounts_are_read_in_the_unit_people_say(language, currency, typed, minor):
    with translation.override(language):
        field = AmountField(currency=currency)
        assert field.clean(typed) == minor
        assert field.clean(str(field.prepare_value(minor))) == minor


def test_amounts_refuse_words():
    with pytest.raises(forms.ValidationError) as refusal:
        AmountField(currency="USD").clean("a lot")
    assert refusal.value.messages == ["Write a number, like 38 or 38.50."]


def test_counts_and_measures_take_persian_digits():
    assert CountField().clean("۱٬۲۰۰") == 1200
    assert MeasureField(unit="cm").clean("۱۲٫۵۰") == "12.5"
    assert MeasureField(unit="cm", required=False).clean("") == ""
    with pytest.raises(forms.ValidationError):
        MeasureField(unit="cm").clean("1e400")


@pytest.mark.django_db
def test_photos_keep_order_and_words_and_drop_what_is_removed_or_not_hers():
    mine, other = make_user(), make_user()
    first, second, third = make_picture(), make_picture(), make_picture()
    tokens = [sign(first, mine.pk), sign(second, mine.pk), sign(third, other.pk), "nonsense"]
    data = posted(photo=tokens, photo_alt=["A jar", " B ", "C", "D"], photo_order=["۲", "1", "0", "0"])
    assert Photos.from_data(data, mine.pk).pairs() == [(second, "B"), (first, "A jar")]
    data.setlist("photo_remove", [tokens[1]])
    assert Photos.from_data(data, mine.pk).pairs() == [(first, "A jar")]


@pytest.fixture
def dresses(db):
    return make_category(slug="dresses", attributes=["color", "size", "fit"])


def table(category, **values: object) -> VariantTable:
    return VariantTable(
        attributes=selectors.attributes_of(category.pk), currency="USD", data=posted(**{"variants": 0} | values)
    )


def test_every_combination_gets_a_row_and_keeps_what_was_typed(dresses):
    rows = table(
        dresses,
        vary__color=["teal", "red"],
        vary__size=["s", "m"],
        variants=1,
        variant0__key="color=teal&size=m",
        variant0__price="4o",
        variant0__stock="7",
    )
    rows.combine("3")
    assert [row.name for row in rows.rows] == ["Teal / S", "Teal / M", "Red / S", "Red / M"]
    assert [row["stock"].value() for row in rows.rows] == ["3", "7", "3", "3"]
    assert rows.rows[1]["price"].value() == "4o"


def test_a_sparse_table_fits_its_ticks(dresses):
    sparse = {"variants": 2, "variant0__key": "color=teal&size=s", "variant1__key": "color=red&size=m"}
    assert table(dresses, vary__color=["teal", "red"], vary__size=["s", "m"], **sparse).fits_ticks()
    assert not table(dresses, vary__color=["teal"], vary__size=["s", "m"], **sparse).fits_ticks()


def test_too_many_combinations_are_refused(db, taxonomy):
    attributes = selectors.attributes_of(taxonomy.by_slug["women-dresses"].id)
    color, size = (next(one for one in attributes if one.slug == slug) for slug in ("color", "size"))
    data = posted(variants=0, vary__color=[v for v, _ in color.choices], vary__size=[v for v, _ in size.choices])
    rows = VariantTable(attributes=attributes, currency="USD", data=data)
    rows.combine("")
    assert rows.rows == []
    assert rows.error == "That makes 119 variants. A product may have 100 at most: choose fewer values."


def filled(leaf, **values: object) -> QueryDict:
    given = {
        "action": "publish",
        "title": "Linen dress",
        "category": leaf.pk,
        "condition": "new",
        "availability": "stock",
        "stock": "3",
        "price": "38",
        "variants": 0,
    }
    return posted(**given | values)


def test_a_product_form_becomes_product_data(channel, dresses):
    data = filled(
        dresses,
        compare_at="50",
        attr__color="teal",
        attr__fit="Loose",
        vary__size=["s", "m"],
        variants=2,
        variant0__key="size=s",
        variant0__stock="2",
        variant1__key="size=m",
        variant1__price="40",
    )
    editor = Editor(channel, 1, is_product=True, data=data)
    assert editor.is_valid()
    product = editor.product_data()
    assert (product.title, product.price_minor, product.compare_at_minor, product.stock) == (
        "Linen dress",
        3800,
        5000,
        3,
    )
    assert product.attributes == {"color": "teal", "fit": "Loose"}
    assert [(one.options, one.price_minor, one.stock) for one in product.variants] == [
        ({"size": "s"}, None, 2),
        ({"size": "m"}, 4000, None),
    ]


def test_ticks_without_their_rows_come_back_as_a_table(channel, dresses):
    editor = Editor(channel, 1, is_product=True, data=filled(dresses, vary__size=["s", "m"]))
    assert not editor.is_valid()
    assert [row.options for row in editor.variants.rows] == [{"size": "s"}, {"size": "m"}]
    assert editor.variants.error == "The table was made anew from what you ticked. Look at it and save again."


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"price": ""}, "price"),
        ({"price": "-3"}, "price"),
        ({"compare_at": "38"}, "compare_at"),
        ({"stock": ""}, "stock"),
        ({"category": "999999"}, "category"),
        ({"condition": "broken"}, "condition"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(channel, dresses, values, field):
    editor = Editor(channel, 1, is_product=True, data=filled(dresses, **values))
    assert not editor.is_valid()
    assert list(editor.product.errors) == [field]


def test_made_to_order_needs_no_number_and_a_draft_no_price(channel, dresses):
    to_order = Editor(channel, 1, is_product=True, data=filled(dresses, availability="order", stock="?"))
    assert to_order.is_valid()
    assert to_order.product_data().stock is None
    draft = Editor(channel, 1, is_product=True, data=filled(dresses, action="draft", price=""))
    assert draft.is_valid()
    assert draft.product_data().price_minor == 0


def test_an_edit_keeps_what_the_form_does_not_ask(channel, dresses):
    post = make_product_post(
        channel,
        category=dresses,
        brand="Loom",
        external_id="A-7",
        specifications={"Weave": "plain"},
        delivery="By bike",
    )
    start = Start(channel, post, is_product=True)
    assert start.product["delivery"] == "By bike"
    product = Editor(channel, 1, is_product=True, data=filled(dresses), start=start)
    assert product.is_valid()
    data = product.product_data()
    assert (data.brand, data.external_id, data.specifications) == ("Loom", "A-7", {"Weave": "plain"})


def test_the_services_sentences_find_their_fields(channel, dresses):
    data = filled(dresses, vary__size=["s"], variants=1, variant0__key="size=s", variant0__stock="1")
    editor = Editor(channel, 1, is_product=True, data=data)
    assert editor.is_valid()
    editor.add_problems(
        {
            "text": ["one"],
            "pictures": ["two"],
            "price_minor": ["three"],
            "attributes.fit": ["four"],
            "variants.0.stock": ["five"],
            "variants": ["six"],
            "external_id": ["seven"],
        }
    )
    assert editor.post.errors == {"text": ["one"], "__all__": ["seven"]}
    assert editor.photos.errors == ["two"]
    assert editor.product.errors == {"price": ["three"]}
    assert editor.attributes.errors == {"fit": ["four"]}
    assert editor.variants.rows[0].errors == {"stock": ["five"]}
    assert editor.variants.error == "six"
