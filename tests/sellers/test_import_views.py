"""The desk's pages of imports and exports."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sellers import services as sellers
from sellers.models import ChannelExport, Import, Post, Product
from tests.conftest import signed_in
from tests.exports import every_shape, jpeg, message, telegram_zip
from tests.factories import make_category, make_channel
from tests.sellers.test_imports import SimplePath, agree, owner, start, work

HTMX = {"HX-Request": "true"}
URL = "/dashboard/saffron_clay/import/"
TABLE = "id,title,price\n1,Clay bowl,17.95\n2,=1+1,x\n"


@pytest.fixture
def bowls(db):
    return make_category(slug="bowls")


def upload(client: Client, content: bytes, name: str = "table.csv", **more):
    return client.post(URL, {"file": SimpleUploadedFile(name, content)} | more)


def test_from_upload_to_result(seller_client, channel, bowls, at_once, django_capture_on_commit_callbacks):
    assert "Bring a file" in seller_client.get(URL).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(seller_client, TABLE.encode())
    job = Import.objects.get()
    assert answer.headers["location"] == f"{URL}{job.pk}/"
    page = seller_client.get(answer.headers["location"]).content.decode()
    assert re.findall(r'<label for="id_column-\d" dir="auto">(\w+)</label>', page) == ["id", "title", "price"]
    assert ("17.95" in page, "Guessed by their names" in page) == (True, True)
    columns = {"column-0": "id", "column-1": "title", "column-2": "price", "category": bowls.pk, "stock": "۴"}
    with django_capture_on_commit_callbacks(execute=True):
        seller_client.post(f"{URL}{job.pk}/columns/", columns)
    assert Product.objects.values_list("title", "stock").get() == ("Clay bowl", 4)
    done = seller_client.get(f"{URL}{job.pk}/").content.decode()
    assert "price is “x”; write it like 17.95 USD" in done
    assert "every 1s" not in done


@pytest.mark.parametrize(
    ("change", "words"),
    [({"column-1": ""}, "No column is: Title."), ({"column-0": "title"}, "Two columns are: Title."),
     ({"one_category": "on", "category": ""}, "Choose a category."), ({"stock": "many"}, "Enter a whole number.")],
)  # fmt: skip
def test_columns_that_make_no_sense_come_back(seller_client, channel, bowls, change, words):
    job = start(channel, TABLE)
    columns = {"column-0": "id", "column-1": "title", "column-2": "price", "category": bowls.pk, "stock": "1"}
    answer = seller_client.post(f"{URL}{job.pk}/columns/", columns | change, headers=HTMX)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert answer.content.decode().lstrip().startswith('<div class="stack gap-4" id="import"')
    job.refresh_from_db()
    assert job.state == "mapping"


def test_bad_file_comes_back_with_its_reason(seller_client, channel):
    answer = upload(seller_client, b"%PDF-1.7\x00\x00")
    assert answer.status_code == 422
    assert "This file is neither a table in text (CSV), nor an XLSX, nor a ZIP." in answer.content.decode()
    assert Import.objects.count() == 0


def test_too_much_at_once_is_not_read(seller_client, channel, settings):
    settings.IMPORT_MAX_BYTES = 1000
    answer = upload(seller_client, b"x" * 2000)
    assert (answer.status_code, "That is more than 0 MB at once." in answer.content.decode()) == (413, True)


def test_upload_without_a_token_is_refused(seller, channel):
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(seller).cookies
    assert (client.post(URL, {"file": SimpleUploadedFile("a.csv", b"x")}).status_code, Import.objects.count()) == (
        403,
        0,
    )


@pytest.mark.parametrize("role", ["agent", "viewer"])
def test_only_managers_bring_and_take(house, role):
    client = signed_in(house["people"][role])
    job = start(house["channel"], TABLE)
    assert [client.get(f"{URL}{path}").status_code for path in ("", f"{job.pk}/", f"{job.pk}/review/")] == [404] * 3
    assert [client.post(f"{URL}{path}").status_code for path in ("export/", f"{job.pk}/undo/")] == [404] * 2


def test_imports_are_their_channels_own(rival_client, rival_channel, channel):
    job = start(channel, TABLE)
    there = "/dashboard/rival_house/import/"
    paths = ("", "review/", "errors/")
    assert [rival_client.get(f"{there}{job.pk}/{path}").status_code for path in paths] == [404] * 3
    assert [rival_client.post(f"{there}{job.pk}/{path}/").status_code for path in ("stop", "columns")] == [404] * 2


def test_progress_asks_for_itself_until_it_is_done(seller_client, channel, tmp_path):
    job = start(channel, every_shape(tmp_path / "a.zip"))
    page = seller_client.get(f"{URL}{job.pk}/", headers=HTMX).content.decode()
    assert ('hx-trigger="every 1s"' in page, "<h1" in page) == (True, False)
    whole = seller_client.get(f"{URL}{job.pk}/").content.decode()
    assert '<noscript><meta http-equiv="refresh"' in whole
    work(job)
    page = seller_client.get(f"{URL}{job.pk}/", headers=HTMX).content.decode()
    assert ("hx-trigger" in page, "2 posts name a price" in page) == (False, True)
    assert re.findall(r"<dt>([\w ]+)</dt><dd>(\d)</dd></div>", page)[:3] == [
        ("New", "5"),
        ("Changed", "0"),
        ("Unchanged", "0"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_constant_number_of_queries(seller_client, channel, tmp_path, count, django_assert_num_queries):
    texts = [message(n, f"Bowl {n}, $5", photo="photos/a.jpg") for n in range(1, count + 1)]
    jobs = [work(start(channel, telegram_zip(tmp_path / "a.zip", texts, {"photos/a.jpg": jpeg()})))]
    jobs += [start(channel, TABLE) for _n in range(count - 1)]
    seller_client.get(URL)
    seller_client.get(f"{URL}{jobs[0].pk}/review/")
    with django_assert_num_queries(4):
        seller_client.get(URL)
    with django_assert_num_queries(5):
        seller_client.get(f"{URL}{jobs[0].pk}/")
    with django_assert_num_queries(6):
        page = seller_client.get(f"{URL}{jobs[0].pk}/review/").content.decode()
    assert page.count('name="row"') == count


def test_review_takes_ticked_ones_and_brings_back_the_others(seller_client, channel, bowls, tmp_path):
    job = work(start(channel, every_shape(tmp_path / "a.zip")))
    bowl, jug = job.rows.filter(offer_state="open").order_by("line").values_list("pk", flat=True)
    page = seller_client.get(f"{URL}{job.pk}/review/").content.decode()
    assert ('value="Clay bowl"' in page, 'value="38"' in page, "It has no picture yet" in page) == (True,) * 3
    typed = {"row": [bowl, jug], "action": "accept"}
    for pk, title in ((bowl, "Clay bowl"), (jug, "Jug")):
        typed |= {
            f"{pk}-take": "on",
            f"{pk}-title": title,
            f"{pk}-price": "۴۰",
            f"{pk}-stock": "2",
            f"{pk}-category": bowls.pk,
        }
    answer = seller_client.post(f"{URL}{job.pk}/review/", typed)
    again = answer.content.decode()
    assert (answer.status_code, 'value="Jug"' in again, 'value="Clay bowl"' in again) == (422, True, False)
    assert "A product needs at least one picture." in again
    assert Product.objects.values_list("title", "price_minor", "stock").get() == ("Clay bowl", 4000, 2)
    answer = seller_client.post(f"{URL}{job.pk}/review/", {"row": [jug], "action": "leave", f"{jug}-take": "on"})
    assert "Nothing left to review" in seller_client.get(answer.headers["location"]).content.decode()


def test_review_says_what_is_wrong_in_a_row(seller_client, channel, tmp_path):
    job = work(start(channel, every_shape(tmp_path / "a.zip")))
    pk = job.rows.filter(offer_state="open").order_by("line").first().pk
    typed = {
        "row": [pk],
        f"{pk}-take": "on",
        f"{pk}-title": "",
        f"{pk}-price": "x",
        f"{pk}-stock": "1",
        f"{pk}-category": "",
    }
    page = seller_client.post(f"{URL}{job.pk}/review/", typed | {"action": "accept"}).content.decode()
    assert "Title: This field is required." in page
    assert "Price: Write a number, like 38 or 38.50." in page
    assert Product.objects.count() == 0


def test_errors_leave_as_a_table_without_formulas(seller_client, channel, bowls):
    job = agree(start(channel, "title,price\nBowl,=1+1\n"), bowls)
    job.rows.update(reason="=HYPERLINK()")
    answer = seller_client.get(f"{URL}{job.pk}/errors/")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows == [["Line", "What became of it", "Why"], ["2", "Refused", "'=HYPERLINK()"]]


def test_undo_and_stop_are_buttons(seller_client, channel, bowls):
    job = agree(start(channel, TABLE), bowls)
    seller_client.post(f"{URL}{job.pk}/undo/")
    work(job)
    assert (job.state, Post.objects.count()) == ("undone", 0)
    other = start(channel, TABLE)
    seller_client.post(f"{URL}{other.pk}/stop/")
    other.refresh_from_db()
    assert (other.state, other.problem) == ("failed", "Stopped by hand.")


def test_letters_are_asked_for_where_they_are_not_certain(seller_client, channel):
    job = start(channel, SimplePath("title,price\nCafé crème,5\n".encode("cp1252")))
    assert "Can you read the words below?" in seller_client.get(f"{URL}{job.pk}/").content.decode()
    seller_client.post(f"{URL}{job.pk}/letters/", {"encoding": "big5"})
    job.refresh_from_db()
    assert (job.reading["encoding"], job.reading["samples"][0][0] == "Café crème") == ("big5", False)


def test_channel_is_taken_along(seller_client, channel, at_once, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        seller_client.post(f"{URL}export/")
    export = ChannelExport.objects.get()
    assert f"{URL}export/{export.pk}/" in seller_client.get(f"{URL}export/", headers=HTMX).content.decode()
    answer = seller_client.get(f"{URL}export/{export.pk}/")
    assert (answer.headers["content-type"], b"".join(answer.streaming_content)[:2]) == ("application/zip", b"PK")
    ChannelExport.objects.update(expires_at=export.ready_at)
    sellers.expire_exports()
    assert seller_client.get(f"{URL}export/{export.pk}/").status_code == 404


def test_somebody_elses_zip_is_not_there(rival_client, rival_channel, channel):
    export = sellers.ask_for_export(channel=channel, by=owner(channel))
    sellers.make_export(export.pk)
    assert rival_client.get(f"/dashboard/rival_house/import/export/{export.pk}/").status_code == 404
    assert make_channel().exports.count() == 0
