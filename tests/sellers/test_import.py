"""A seller's catalogue file becomes product posts, row by row, and only once."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sellers import services as sellers
from sellers.catalogue.reader import BadRow, read_rows
from sellers.catalogue.rules import OTHER, SLUGS, guess_leaf
from sellers.models import Category, Channel, Follow, Post, PostEdit, Product
from sellers.taxonomy import walk
from tests import factories

DATA = Path(__file__).resolve().parents[3] / "shared/data/catalogue/electronics.csv"
HEADER = "id,title,description,price,availability,brand,color,product_detail"
MOUSE = '17,CHERRY mouse,A quiet mouse,17.95 USD,in stock,CHERRY,"Black,Silver",weight: 82.0; wireless: True'


def write(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "catalogue.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def run(path: Path, channel: Channel, **options) -> tuple[sellers.ImportReport, list[tuple[int, str]]]:
    errors: list[tuple[int, str]] = []
    report = sellers.import_catalogue(
        path=path,
        channel=channel,
        author=channel.members.get(role="owner").person,
        on_error=lambda line, reason: errors.append((line, reason)),
        **options,
    )
    return report, errors


def counts(report: sellers.ImportReport) -> tuple[int, int, int, int, int]:
    return report.rows, report.new, report.changed, report.unchanged, report.refused


def first_error(path: Path) -> str:
    (_line, found), *_rest = read_rows(path, "USD")
    assert isinstance(found, BadRow)
    return str(found)


def test_row_becomes_a_published_product_without_a_picture(tmp_path, taxonomy, channel):
    report, errors = run(write(tmp_path, MOUSE), channel)
    product = Product.objects.select_related("post", "category").get()
    assert (counts(report), errors) == ((1, 1, 0, 0, 0), [])
    assert (product.title, product.price_minor, product.currency, product.stock) == ("CHERRY mouse", 1795, "USD", 1)
    assert (product.category.slug, product.brand, product.external_id) == ("keyboards-mice", "CHERRY", "17")
    assert product.attributes == {"color": "black", "brand": "CHERRY"}
    assert product.specifications == {"Weight": "82", "Wireless": "Yes", "Color": "Black,Silver"}
    assert (product.post.text, product.post.state, product.post.in_feed) == ("A quiet mouse", "published", False)
    assert (product.is_listed, product.cover, "color:black" in product.facet_terms) == (True, None, True)
    channel.refresh_from_db()
    assert channel.product_count == 1


def test_second_run_changes_nothing(tmp_path, taxonomy, channel):
    path = write(tmp_path, MOUSE)
    run(path, channel)
    before = list(Product.objects.values_list("pk", "version", "post__version"))
    report, errors = run(path, channel)
    assert (counts(report), errors) == ((1, 0, 0, 1, 0), [])
    assert list(Product.objects.values_list("pk", "version", "post__version")) == before


def test_a_run_that_broke_off_is_finished_by_the_next(tmp_path, taxonomy, channel):
    path = write(tmp_path, *(MOUSE.replace("17,", f"{number},", 1) for number in range(1, 601)))

    def break_off(line: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, channel, on_progress=break_off)
    kept = set(Product.objects.values_list("pk", flat=True))
    assert 0 < len(kept) < 600
    report, errors = run(path, channel)
    assert (counts(report), errors) == ((600, 600 - len(kept), 0, len(kept), 0), [])
    assert sorted(Product.objects.values_list("external_id", flat=True), key=int) == [str(n) for n in range(1, 601)]
    assert kept < set(Product.objects.values_list("pk", flat=True))
    channel.refresh_from_db()
    assert channel.product_count == 600


def test_changed_row_is_an_edit_with_history(tmp_path, taxonomy, channel):
    run(write(tmp_path, MOUSE), channel)
    report, _errors = run(write(tmp_path, MOUSE.replace("17.95", "15.50")), channel)
    product = Product.objects.select_related("post").get()
    assert (counts(report), product.price_minor, product.post.version) == ((1, 0, 1, 0, 0), 1550, 2)
    assert PostEdit.objects.get().before["product"]["price_minor"] == 1795


def test_sellers_own_corrections_stay(tmp_path, taxonomy, channel, seller):
    """A better category, a delivery note, a number at hand: the file does not speak of them."""
    path = write(tmp_path, MOUSE)
    run(path, channel)
    post = Post.objects.select_related("product").get()
    data = sellers.data_of(post.product)
    better = Category.objects.get(slug="gaming")
    sellers.edit_post(
        post=post,
        by=seller,
        expected_version=1,
        text=post.text,
        pictures=[(factories.make_picture(), "")],
        product=sellers.ProductData(
            title=data.title,
            price_minor=data.price_minor,
            category=better,
            stock=12,
            attributes=data.attributes,
            brand=data.brand,
            specifications=data.specifications,
            external_id=data.external_id,
            delivery="By bicycle",
        ),
    )
    report, _errors = run(path, channel)
    product = Product.objects.get()
    assert counts(report) == (1, 0, 0, 1, 0)
    assert (product.category_id, product.stock, product.delivery) == (better.pk, 12, "By bicycle")


@pytest.mark.parametrize(
    ("availability", "stock"),
    [("in stock", 1), ("in_stock", 1), ("out of stock", 0), ("preorder", None), ("available for order", None)],
)
def test_availability_is_stock_or_made_to_order(tmp_path, taxonomy, channel, availability, stock):
    run(write(tmp_path, MOUSE.replace("in stock", availability)), channel)
    assert Product.objects.get().stock == stock


def test_quantity_column_is_the_stock(tmp_path, taxonomy, channel):
    run(write(tmp_path, "1,Mouse,3.00 USD,in_stock,7", header="id,title,price,availability,quantity"), channel)
    assert Product.objects.get().stock == 7


def test_sale_price_is_the_price_and_the_other_the_one_before(tmp_path, taxonomy, channel):
    run(write(tmp_path, "1,Mouse,30.00 USD,20.00 USD", header="id,title,price,sale price"), channel)
    assert Product.objects.values_list("price_minor", "compare_at_minor").get() == (2000, 3000)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,Mouse,17.95 EUR,in stock", "price is in EUR; this channel sells in USD"),
        ('1,Mouse,"17,95 USD",in stock', "price is “17,95 USD”; write it like 17.95 USD"),
        ("1,Mouse,17.95,in stock", "price is “17.95”; write it like 17.95 USD"),
        ("1,Mouse,0.00 USD,in stock", "price is zero"),
        ("1,Mouse,1.999 USD,in stock", "price: That has more decimals than the currency knows."),
        ("1,Mouse,-4 USD,in stock", "price is “-4 USD”; write it like 17.95 USD"),
        (",Mouse,17.95 USD,in stock", "id is empty"),
        ("1,,17.95 USD,in stock", "title is empty"),
        (f"{'1' * 81},Mouse,17.95 USD,in stock", "id is longer than 80 letters"),
        ("1,Mouse,17.95 USD,perhaps", "availability is “perhaps”"),
        ("1,Mouse,17.95 USD", "3 cells where the first line has 4"),
        ("1,Mo\x00use,17.95 USD,in stock", "title holds bytes that are not text"),
    ],
)
def test_bad_row_says_why(tmp_path, row, reason):
    assert first_error(write(tmp_path, row, header="id,title,price,availability")) == reason


def test_row_that_is_not_utf8_is_refused_alone(tmp_path, taxonomy, channel):
    path = tmp_path / "latin.csv"
    path.write_bytes("\ufeffid,title,price\n1,Maus,1.00 USD\n".encode() + "2,Käse,2.00 USD\n".encode("latin-1"))
    report, errors = run(path, channel)
    assert (counts(report), errors) == ((2, 1, 0, 0, 1), [(3, "title holds bytes that are not text")])


def test_huge_cell_is_refused_alone(tmp_path, taxonomy, channel):
    huge = f"2,Mouse,{'x' * 200_000},2.00 USD,in stock,,,"
    report, errors = run(write(tmp_path, MOUSE, huge, MOUSE.replace("17,", "18,", 1)), channel)
    assert counts(report) == (3, 2, 0, 0, 1)
    assert errors == [(3, "this line cannot be read (field larger than field limit (131072))")]


def test_line_numbers_count_lines_not_rows(tmp_path, taxonomy, channel):
    two_lines = '1,Mouse,"first\nsecond",2.00 USD,in stock,,,'
    _report, errors = run(write(tmp_path, two_lines, ",Mouse,,2.00 USD,in stock,,,"), channel)
    assert errors == [(4, "id is empty")]


def test_same_id_twice_is_refused(tmp_path, taxonomy, channel):
    report, errors = run(write(tmp_path, MOUSE, MOUSE), channel)
    assert (counts(report), errors) == ((2, 1, 0, 0, 1), [(3, "line 2 has the same id")])


def test_product_with_the_same_id_made_by_hand_is_edited(tmp_path, taxonomy, channel):
    factories.make_product_post(channel, external_id="17")
    report, errors = run(write(tmp_path, MOUSE, MOUSE.replace("17,", "18,", 1)), channel)
    assert (counts(report), errors) == ((2, 1, 1, 0, 0), [])


def test_product_with_variants_is_left_alone(tmp_path, taxonomy, channel):
    factories.make_product_post(
        channel,
        category=factories.make_category(attributes=["color"]),
        external_id="17",
        variants=[sellers.VariantData({"color": "black"}, stock=1)],
    )
    report, errors = run(write(tmp_path, MOUSE), channel)
    assert counts(report) == (1, 0, 0, 0, 1)
    assert errors[0][1].endswith("variants: this product has variants by now; change it in the dashboard")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"id,title\n1,Mouse\n", "The first line names no column price."),
        (b"id,title,price,Price\n", "The first line names a column twice: price."),
        ("id,title,price\n".encode("utf-16"), "The file is not UTF-8. Save it as “CSV UTF-8” and try again."),
    ],
)
def test_bad_file_is_refused_before_anything(tmp_path, taxonomy, channel, content, reason):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(sellers.BadFile) as refused:
        run(path, channel)
    assert (str(refused.value), Product.objects.count()) == (reason, 0)


def test_long_title_stands_in_full_above_the_text(tmp_path, taxonomy, channel):
    title = "word " * 40
    run(write(tmp_path, f"1,{title},Description,2.00 USD,in stock,,,"), channel)
    product = Product.objects.select_related("post").get()
    assert (len(product.title), product.title[-1]) == (150, "…")
    assert product.post.text == f"{title.strip()}\n\nDescription"


def test_tab_separated_file_is_read(tmp_path, taxonomy, channel):
    report, _errors = run(write(tmp_path, "1\tMouse\t2.00 USD", header="id\ttitle\tprice"), channel)
    assert counts(report) == (1, 1, 0, 0, 0)


def test_announced_posts_enter_feeds(tmp_path, taxonomy, channel):
    run(write(tmp_path, MOUSE), channel, announce=True)
    assert Post.objects.get().in_feed is True


def test_given_category_wins(tmp_path, taxonomy, channel):
    run(write(tmp_path, MOUSE), channel)
    report, _errors = run(write(tmp_path, MOUSE), channel, category=Category.objects.get(slug="toner"))
    assert (counts(report), Product.objects.get().category.slug) == ((1, 0, 1, 0, 0), "toner")


def test_products_of_a_draft_channel_wait(tmp_path, taxonomy):
    draft = factories.make_channel(state="draft")
    run(write(tmp_path, MOUSE), draft)
    assert Product.objects.get().is_listed is False
    sellers.submit_channel(channel=draft, by=draft.members.get().person)
    sellers.approve_channel(channel=draft, by=draft.members.get().person)
    assert Product.objects.get().is_listed is True


def test_every_rule_leads_to_a_leaf():
    leaves = {path[-1].slug for path in walk() if not path[-1].children}
    assert sorted(SLUGS - leaves) == []


@pytest.mark.parametrize(
    ("title", "leaf"),
    [
        ("C2G 5m Cat6 networking cable Black", "network-cables"),
        ("Xerox Cyan toner cartridge. Compatible with HP LaserJet 3600", "toner"),
        ("HP 88XL Magenta Original 1 pc(s)", "ink"),
        ("HP LaserJet M2727nf Laser 1200 x 1200 DPI 26 ppm A4", "printers"),
        ('Lenovo IdeaPad S145 Notebook Black 14" AMD Ryzen 3 4 GB DDR4-SDRAM', "laptops"),
        ("Intel Xeon 5148 processor 2.33 GHz Box 4 MB L2", "processors"),
        ("Something without a name", OTHER),
    ],
)
def test_words_of_a_title_name_the_leaf(title, leaf):
    assert guess_leaf("", title) == leaf


def test_command_reports_rows_and_errors(tmp_path, taxonomy, channel):
    out, errors = StringIO(), StringIO()
    path = write(tmp_path, MOUSE, MOUSE.replace("17,", "18,", 1).replace("USD", "EUR"))
    call_command("import_catalogue", str(path), channel="saffron_clay", stdout=out, stderr=errors, skip_checks=True)
    assert out.getvalue().startswith("2 rows: 1 new, 0 changed, 0 unchanged, 1 refused; ")
    assert errors.getvalue() == "line 3: price is in EUR; this channel sells in USD\n"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"channel": "nobody"}, "There is no channel @nobody."),
        ({"channel": "saffron_clay", "category": "electronics"}, "There is no leaf category electronics."),
    ],
)
def test_command_refuses_what_is_not_there(tmp_path, taxonomy, channel, options, reason):
    with pytest.raises(CommandError) as refused:
        call_command("import_catalogue", str(write(tmp_path, MOUSE)), skip_checks=True, **options)
    assert str(refused.value) == reason


@pytest.mark.data
def test_real_catalogue_with_bad_rows_twice(tmp_path, taxonomy, channel, shopper):
    sellers.follow(person=shopper, channel=channel)
    path = tmp_path / "part.csv"
    with DATA.open(encoding="utf-8", newline="") as whole, path.open("w", encoding="utf-8", newline="") as part:
        rows, writer = csv.reader(whole), csv.writer(part)
        for _number, row in zip(range(301), rows, strict=False):
            writer.writerow(row)
        price = 3
        writer.writerow(["x1", *row[1:price], "9.00 EUR", *row[price + 1 :]])
        writer.writerow(["x2", *row[1:price], "", *row[price + 1 :]])
        writer.writerow(row)
    first, errors = run(path, channel)
    assert counts(first) == (303, 300, 0, 0, 3)
    assert len(errors) == 3
    again, _errors = run(path, channel)
    assert counts(again) == (303, 0, 0, 300, 3)
    products = Product.objects.filter(channel=channel)
    assert (products.count(), products.listed().count()) == (300, 300)
    assert products.exclude(category__slug=OTHER).count() > 240
    assert Post.objects.filter(channel=channel, in_feed=True).count() == 0
    assert Follow.objects.count() == 1
    channel.refresh_from_db()
    assert channel.product_count == 300
