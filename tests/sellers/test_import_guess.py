"""The category a thing's words suggest: learned at night, kept as arrays, silent when unsure."""

import io

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from sellers import selectors
from sellers import services as sellers
from sellers.imports import guessing
from sellers.imports.offers import guess_stock, guess_title
from sellers.services.imports.categories import MODEL, category_guess
from tests.factories import make_category, make_product_post

BOWLS = ["Clay bowl", "Blue bowl", "Large salad bowl", "Glazed bowl", "کاسه سفالی", "کاسه بزرگ"]
LAMPS = ["Desk lamp", "Brass lamp", "Reading lamp", "Floor lamp", "چراغ رومیزی", "چراغ مطالعه"]


@pytest.fixture
def shop(channel):
    """Two categories with things, and one without."""
    for slug, titles in (("bowls", BOWLS), ("lamps", LAMPS)):
        category = make_category(slug=slug)
        for title in titles:
            make_product_post(channel, title=title, category=category)
    make_category(slug="kites")
    return selectors.get_category_tree()


def test_model_says_the_same_after_it_was_kept():
    model = guessing.train(BOWLS + LAMPS, ["bowls"] * 6 + ["lamps"] * 6)
    asked = ["A small bowl", "lamp of brass", "کاسه‌ی کوچک", "چراغ"]
    again = guessing.load(io.BytesIO(model.dump()))
    assert [label for label, _sure in model.guess(asked)] == ["bowls", "lamps", "bowls", "lamps"]
    assert [label for label, _sure in again.guess(asked)] == ["bowls", "lamps", "bowls", "lamps"]
    assert again.guess(asked)[0][1] == pytest.approx(model.guess(asked)[0][1], abs=0.01)


def test_one_category_is_nothing_to_learn():
    assert guessing.train(BOWLS, ["bowls"] * 6) is None


def test_file_with_objects_is_not_opened():
    buffer = io.BytesIO()
    np.savez(buffer, labels=np.array([{"a": 1}], dtype=object))
    buffer.seek(0)
    with pytest.raises(ValueError, match="allow_pickle"):
        guessing.load(buffer)


def test_shop_teaches_the_guess(shop):
    assert sellers.train_categories() == 12
    guess = category_guess(shop)
    assert [guess(title, "").leaf.slug for title in ("Green bowl", "چراغ خواب")] == ["bowls", "lamps"]
    kite = guess("Kites", "")
    assert (kite.leaf.slug, kite.confidence >= guessing.SURE) == ("kites", True)  # by its name alone
    assert guess("Zzz", "Home > BOWLS").confidence == 1.0


def test_unsure_guess_is_none(shop):
    sellers.train_categories()
    unsure = category_guess(shop)("12345", "")
    assert (unsure.leaf, unsure.confidence < guessing.SURE) == (None, True)


def test_without_things_there_is_nothing_to_learn_from(db):
    make_category(slug="bowls")
    assert (sellers.train_categories(), storages["private"].exists(MODEL)) == (0, False)


def test_broken_model_is_no_model(shop, caplog):
    storages["private"].save(MODEL, ContentFile(b"broken"))
    assert category_guess(shop)("Green bowl", "").leaf is None
    assert "The model of categories cannot be read" in caplog.text


@pytest.mark.parametrize(
    ("text", "price", "title"),
    [
        ("✨ Clay bowl ✨\nfor soup, $38", "$38", "Clay bowl"),
        ("$38 Clay bowl #clay", "$38", "Clay bowl"),
        ("#new\nhttps://a.example\nJug — $5", "$5", "Jug"),
        ("🌸 گلدان: ۲۵۰ هزار تومان", "250 هزار تومان", "گلدان"),
        ("Small teapot in teal — $46, only 2 left", "$46", "Small teapot in teal"),
        ("$5", "$5", ""),
        ("word " * 40, "", "word " * 14 + "word…"),
    ],
)
def test_title_of_a_message(text, price, title):
    assert guess_title(text, price) == title


@pytest.mark.parametrize(
    ("text", "stock"),
    [("Clay bowl $38", 1), ("only 3 left", 3), ("Sold! thank you", 0), ("۳ عدد موجود", 3), ("فروخته شد", 0), ("剩 2", 2),
     ("sold by weight", 1), ("stock: 12", 12), ("only $5", 1), ("فقط ۲۵۰ هزار تومان", 1)],
)  # fmt: skip
def test_stock_of_a_message(text, stock):
    assert guess_stock(text) == stock
