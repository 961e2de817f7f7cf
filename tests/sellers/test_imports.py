"""A seller's file becomes posts in the background: agreed to, resumed, reviewed, undone, and nothing twice."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection

from core.limits import TooMany
from sellers import services as sellers
from sellers.models import Import, ImportRow, Post, PostEdit, PostOrigin, Product
from sellers.services.imports import chats, jobs, tables
from tests.core.test_fetching import server
from tests.exports import BEGAN, EVERY_SHAPE_SKIPS, every_shape, jpeg, message, telegram_zip, zip_of
from tests.factories import make_category, make_channel, make_post, make_product_post
from tests.sellers.test_import_files import xlsx

TABLE = "کد,title,price,quantity,picture\n1,Clay bowl,17.95,3,bowl.jpg\n2,Jug,$20,0,\n3,,5,1,\n"


@pytest.fixture
def bowls(db):
    return make_category(slug="bowls")


def start(channel, path: Path | str, *, pictures: Path | None = None) -> Import:
    """What the upload of this file begins; a worker has looked at it."""
    content = path.encode() if isinstance(path, str) else path.read_bytes()
    zipped = SimpleUploadedFile("pictures.zip", pictures.read_bytes()) if pictures else None
    upload = SimpleUploadedFile("table.csv", content)
    job = sellers.create_import(channel=channel, by=owner(channel), upload=upload, pictures=zipped)
    sellers.work_on_import(job.pk)
    job.refresh_from_db()
    return job


def owner(channel):
    return channel.members.get(role="owner").person


def agree(job: Import, category=None, **chosen) -> Import:
    """The seller agrees to the guessed columns, and a worker does the rest."""
    given = {"mapping": job.reading["mapping"], "category": category.pk if category else None, "one_category": False}
    given |= {"toman": False, "stock": 1, "announce": False, "agreed": ["mapping", "toman"]} | chosen
    sellers.start_import(job=job, by=owner(job.channel), **given)
    return work(job)


def work(job: Import, **options) -> Import:
    sellers.work_on_import(job.pk, **options)
    job.refresh_from_db()
    return job


def counts(job: Import) -> tuple[str, int, int, int, int]:
    return job.state, job.new, job.changed, job.unchanged, job.refused


def reasons(job: Import) -> list[tuple[int, str]]:
    return list(job.rows.exclude(reason="").order_by("line").values_list("line", "reason"))


# --- catalogue


def test_table_becomes_products_once_the_columns_are_agreed_on(channel, bowls, tmp_path, indexed):
    zipped = zip_of(tmp_path / "p.zip", {"pictures/Bowl.JPG": jpeg()})
    job = start(channel, TABLE, pictures=zipped)
    assert (job.state, job.total, Post.objects.count()) == ("mapping", 4, 0)
    assert job.reading["mapping"] == ["id", "title", "price", "quantity", "image_link"]
    assert job.reading["samples"][0] == ["1", "Clay bowl", "17.95", "3", "bowl.jpg"]
    with indexed():
        agree(job, bowls)
    assert counts(job) == ("done", 2, 0, 0, 1)
    assert (job.pictures, job.position, job.file, reasons(job)) == (1, 4, "", [(4, "title is empty")])
    said = Product.objects.order_by("pk").values_list("external_id", "price_minor", "stock", "category__slug")
    assert list(said) == [("1", 1795, 3, "bowls"), ("2", 2000, 0, "bowls")]
    bowl = Product.objects.get(external_id="1")
    assert (bowl.is_listed, bowl.cover is None, bowl.post.in_feed) == (True, False, False)
    assert storages["private"].listdir("imports")[1] == []


def test_second_time_changes_nothing_and_remembers_the_columns(channel, bowls):
    header = "a,b,c\n1,Bowl,5\n"
    first = agree(start(channel, header), bowls, mapping=["id", "title", "price"])
    before = list(Post.objects.values_list("pk", "version"))
    second = start(channel, header)
    assert (second.reading["mapping"], second.reading["is_remembered"]) == (["id", "title", "price"], True)
    agree(second, bowls)
    assert (counts(first), counts(second)) == (("done", 1, 0, 0, 0), ("done", 0, 0, 1, 0))
    assert list(Post.objects.values_list("pk", "version")) == before
    other = make_channel(handle="other_house")
    assert start(other, header).reading["mapping"] == ["", "", ""]


def test_row_without_a_category_is_refused(channel, bowls):
    job = agree(start(channel, "title,price,category\nBowl,5,\nJug,6,bowls\n"))
    assert counts(job) == ("done", 1, 0, 0, 1)
    assert reasons(job) == [(2, "no category could be guessed; choose one for such rows")]


def test_pictures_come_from_links_unless_they_are_turned_off(channel, bowls, settings):
    """Loopback is refused; the test lets the fetcher there, as nobody else can."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg()
    with server(answer, answer) as (port, asked):
        text = f"id,title,price,image\n1,Bowl,5,http://127.0.0.1:{port}/a.jpg\n"
        refused = agree(start(channel, text), bowls)
        link = f"http://127.0.0.1:{port}/a.jpg"
        assert (reasons(refused), asked) == ([(2, f"{link}: this address is not on the open internet")], [])
        again = start(channel, text)
        sellers.start_import(job=again, by=owner(channel), **again.reading | {"category": bowls.pk})
        work(again, allowed=lambda _address, at: at == port)
        assert (counts(again), again.pictures, len(asked)) == (("done", 0, 1, 0, 0), 1, 1)
        settings.IMPORT_FETCH_PICTURES = False
        off = agree(start(channel, text.replace("1,Bowl", "2,Jug")), bowls)
        assert reasons(off) == [(2, f"{link}: pictures are not fetched from links here")]


def test_formulas_stay_words(channel, bowls):
    agree(start(channel, 'title,price\n"=HYPERLINK(""http://evil"")",5\n'), bowls)
    assert Product.objects.get().title == '=HYPERLINK("http://evil")'


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty."), (b"%PDF-1.7\x00\x01\x02", "neither a table in text"),
     (b"PK\x03\x04", "broken off")],
)  # fmt: skip
def test_uploads_that_are_refused_at_once(channel, content, words):
    with pytest.raises(sellers.BadFile, match=words):
        sellers.create_import(channel=channel, by=owner(channel), upload=SimpleUploadedFile("a", content))
    assert Import.objects.count() == 0
    assert not storages["private"].exists("imports") or storages["private"].listdir("imports")[1] == []


def test_spreadsheet_is_mapped_like_a_table(channel, bowls, tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("Item", "قیمت", "Qty"), ("Bowl", 17.5, 3), ("Jug", "free", None))
    job = start(channel, path)
    assert (job.state, job.reading["mapping"], job.reading["is_certain"]) == (
        "mapping",
        ["title", "price", "quantity"],
        True,
    )
    agree(job, bowls)
    assert (counts(job), reasons(job)[0][0]) == (("done", 1, 0, 0, 1), 3)
    assert Product.objects.values_list("title", "price_minor", "stock").get() == ("Bowl", 1750, 3)


def test_pictures_that_mean_harm_keep_nothing(channel, tmp_path):
    bomb = zip_of(tmp_path / "a.zip", {"../../a.jpg": jpeg()})
    with pytest.raises(sellers.BadFile, match="leads outside"):
        start(channel, TABLE, pictures=bomb)
    assert (Import.objects.count(), storages["private"].listdir("imports")[1]) == (0, [])


def test_zip_of_something_else_is_refused(channel, tmp_path):
    path = zip_of(tmp_path / "a.zip", {"a.txt": "x"})
    with pytest.raises(sellers.BadFile, match="neither a Telegram export"):
        start(channel, path)


def test_file_that_breaks_further_down_writes_nothing(channel):
    job = start(channel, "title,price\nBowl,5\n" + "x" * 300_000)
    assert (job.state, job.problem) == ("failed", "Line 3 is longer than a line may be.")
    assert Post.objects.count() == 0


def test_uploads_have_limits(channel, bowls):
    for _time in range(jobs.MOST_AT_ONCE):
        start(channel, "title,price\nBowl,5\n")
    with pytest.raises(sellers.NotAllowed, match="Several imports"):
        start(channel, "title,price\nBowl,5\n")
    Import.objects.update(state="done")
    for _time in range(jobs.UPLOADS_AN_HOUR - jobs.MOST_AT_ONCE - 1):
        start(channel, "title,price\nBowl,5\n")
        Import.objects.update(state="done")
    with pytest.raises(TooMany):
        start(channel, "title,price\nBowl,5\n")


# --- killed workers


@contextmanager
def refusing_beyond(new: int) -> Iterator[None]:
    """The database refuses the last statement of a chunk's transaction that would make ``new`` more posts than this."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE sellers_import ADD CONSTRAINT refused CHECK (new <= %s) NOT VALID", [new])
        with pytest.raises(IntegrityError, match="refused"):
            yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE sellers_import DROP CONSTRAINT refused")


@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_worker_that_ends_within_a_chunk_loses_and_doubles_nothing(channel, tmp_path, monkeypatch, chunks):
    monkeypatch.setattr(chats, "POSTS", 2)
    job = start(channel, every_shape(tmp_path / "a.zip"))
    with refusing_beyond(2 * chunks):
        work(job)
    job.refresh_from_db()
    assert (job.state, job.new, Post.objects.count()) == ("running", 2 * chunks, 2 * chunks)
    work(job)
    assert (counts(job), job.position) == (("done", 5, 0, 0, 0), 15)
    assert (job.skipped, Post.objects.count()) == (EVERY_SHAPE_SKIPS, 5)


def test_table_goes_on_where_it_was(channel, bowls, monkeypatch):
    monkeypatch.setattr(tables, "ROWS", 2)
    job = start(channel, "id,title,price\n" + "".join(f"{n},Bowl {n},5\n" for n in range(5)) + "1,Again,5\n")
    with refusing_beyond(2):
        agree(job, bowls)
    work(job)
    assert (counts(job), reasons(job)) == (("done", 5, 0, 0, 1), [(7, "line 3 has the same id")])


def test_second_worker_at_the_same_import_leaves(channel, tmp_path, monkeypatch):
    """It read the same position, and finds another one when its turn comes."""
    monkeypatch.setattr(chats, "POSTS", 2)
    job = start(channel, every_shape(tmp_path / "a.zip"))
    store, is_first = chats.ChatSource.store, iter([True])

    def other_comes_first(source, stories):
        if next(is_first, False):
            sellers.work_on_import(job.pk)
        return store(source, stories)

    monkeypatch.setattr(chats.ChatSource, "store", other_comes_first)
    work(job)
    assert (counts(job), Post.objects.count()) == (("done", 5, 0, 0, 0), 5)


def test_work_is_parted_by_time_and_asked_for_again(channel, tmp_path, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(chats, "POSTS", 2)
    job = start(channel, every_shape(tmp_path / "a.zip"))
    with django_capture_on_commit_callbacks() as callbacks:
        work(job, seconds=0)
    asked = [callback for callback in callbacks if getattr(callback, "args", None) == (job.pk,)]
    assert (job.state, job.new, len(asked)) == ("running", 2, 1)


def test_sweep_asks_for_what_was_lost(channel, tmp_path, django_capture_on_commit_callbacks):
    job = start(channel, every_shape(tmp_path / "a.zip"))
    assert sellers.go_on_with_imports() == 0
    lost = job.touched_at - dt.timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT * 2)
    Import.objects.update(touched_at=lost)
    assert (sellers.go_on_with_imports(), sellers.go_on_with_imports()) == (1, 0)


def test_import_that_stands_still_is_given_up(channel, tmp_path):
    job = start(channel, every_shape(tmp_path / "a.zip"))
    for _time in range(jobs.TRIES):
        Import.objects.update(touched_at=job.created_at - dt.timedelta(days=1))
        sellers.go_on_with_imports()
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", "We could not go on with it. Tell us below.")


# --- Telegram


def test_messages_become_posts_of_their_days(channel, tmp_path):
    job = start(channel, every_shape(tmp_path / "a.zip"))
    assert (job.kind, job.state, job.total, job.reading["title"]) == ("telegram", "running", 15, "Saffron")
    work(job)
    assert (counts(job), job.pictures, job.skipped) == (("done", 5, 0, 0, 0), 5, EVERY_SHAPE_SKIPS)
    posts = list(Post.objects.order_by("published_at"))
    assert [post.text.split("\n")[0] for post in posts] == [
        "Good morning",
        "Clay bowl",
        "Three lamps",
        "",
        "Small jug $12",
    ]
    assert posts[0].published_at == dt.datetime.fromtimestamp(BEGAN + 2 * 3600, dt.UTC)
    assert {(post.state, post.in_feed, post.version) for post in posts} == {("published", False, 1)}
    assert [post.pictures.count() for post in posts] == [0, 1, 3, 1, 0]
    assert [post.edited_at is not None for post in posts] == [False, False, False, True, False]


def test_same_export_twice_changes_nothing(channel, tmp_path):
    path = every_shape(tmp_path / "a.zip")
    work(start(channel, path))
    again = work(start(channel, path))
    assert (counts(again), again.pictures, Post.objects.count()) == (("done", 0, 0, 5, 0), 0, 5)


def test_prices_are_offered_and_accepted_row_by_row(channel, tmp_path, bowls):
    job = work(start(channel, every_shape(tmp_path / "a.zip")))
    bowl, jug = job.rows.filter(offer_state="open").order_by("line")
    assert (bowl.offer["title"], bowl.offer["price_minor"], bowl.offer["stock"]) == ("Clay bowl", 3800, 1)
    assert (jug.offer["title"], jug.offer["price_minor"]) == ("Small jug", 1200)
    offers = [sellers.Offer(row.pk, row.offer["title"], row.offer["price_minor"], bowls.pk, 2) for row in (bowl, jug)]
    wrong = sellers.accept_offers(job=job, by=owner(channel), offers=offers)
    assert wrong == {jug.pk: "A product needs at least one picture."}
    product = Product.objects.get()
    assert (product.post_id, product.title, product.stock, product.is_listed) == (bowl.post_id, "Clay bowl", 2, True)
    assert product.published_at == dt.datetime.fromtimestamp(BEGAN + 3 * 3600, dt.UTC)
    assert list(job.rows.exclude(offer=None).order_by("line").values_list("offer_state", flat=True)) == [
        "accepted",
        "open",
    ]
    assert sellers.accept_offers(job=job, by=owner(channel), offers=offers[:1]) == {}
    assert sellers.decline_offers(job=job, by=owner(channel), rows=[bowl.pk, jug.pk]) == 1
    assert PostEdit.objects.get().before["product"] is None


@pytest.mark.parametrize("category", [None, 0])
def test_offer_without_a_category_stays(channel, tmp_path, category):
    job = work(start(channel, every_shape(tmp_path / "a.zip")))
    row = job.rows.filter(offer_state="open").order_by("line").first()
    wrong = sellers.accept_offers(job=job, by=owner(channel), offers=[sellers.Offer(row.pk, "Bowl", 5, category, 1)])
    assert wrong == {row.pk: "Choose a category."}


def test_persian_channel_is_offered_in_rials(db, tmp_path):
    channel = make_channel(handle="sofal", market="ir", language="fa")
    path = telegram_zip(tmp_path / "a.zip", [message(1, "🌸 گلدان سفالی #گلدان\nقیمت: ۲۵۰ هزار تومان\n۳ عدد موجود")])
    row = work(start(channel, path)).rows.get()
    assert (row.offer["title"], row.offer["price_minor"], row.offer["stock"]) == ("گلدان سفالی", 2_500_000, 3)


def test_one_by_hand_with_oddities(channel, tmp_path):
    """As old clients and people with editors leave it: no Unix time, days out of order, an album cut by a notice."""
    odd = [
        {"id": 3, "type": "message", "date": "2019-05-01T10:00:00", "text": ["a", {"text": "b"}, 7, None]},
        {"id": 1, "type": "message", "date": "2018-05-01T10:00:00", "text": "earlier\x00", "reactions": [{"x": []}]},
        {"id": 4, "type": "message", "date": "yesterday", "text": "undated"},
        message(5, "", photo="photos/a.jpg", date_unixtime="1600000000"),
        message(6, type="service", action="pin_message", date_unixtime="1600000000"),
        message(7, "", photo="photos/a.jpg", date_unixtime="1600000000"),
        message(8, "", photo="photos/broken.jpg"),
        message(9, "from the future", date_unixtime="99999999999"),
        message(5, "the number of another"),
        message(10, "x" * 4096),
        "text",
        None,
    ]
    path = telegram_zip(tmp_path / "a.zip", odd, {"photos/a.jpg": jpeg(), "photos/broken.jpg": b"no picture"})
    job = work(start(channel, path))
    assert (counts(job), job.skipped) == (("done", 5, 0, 1, 1), {"broken": 4, "service": 1})
    assert [post.text[:8] for post in Post.objects.order_by("pk")] == ["ab", "earlier", "", "", "x" * 8]
    assert len(Post.objects.order_by("pk").last().text) == 4000
    ((line, reason),) = reasons(job)
    assert (line, reason.startswith("photos/broken.jpg: This is not a picture")) == (7, True)


def test_letters_that_the_database_refuses_stop_nothing(channel, bowls, tmp_path):
    """Zeros and halves of letters, in every place that is kept."""
    odd = {"name": "a\x00\ud800", "id": "\ud800x", "messages": [message(1, "half \ud83c a letter, $5\x00")]}
    chat = work(start(channel, zip_of(tmp_path / "a.zip", {"result.json": json.dumps(odd)})))
    assert (counts(chat), Post.objects.get().text) == (("done", 1, 0, 0, 0), "half ? a letter, $5")
    table = SimplePath(b"title,price\x01\x00,b\xff\n".replace(b"\x00", b"") + b"Bowl,5\x7f,1\nJug,\xff\xfe,1\n")
    job = agree(start(channel, table), bowls, mapping=["title", "price", ""])
    assert (job.state, job.refused) == ("done", 2)


class SimplePath:
    """Bytes where a path is expected."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read_bytes(self) -> bytes:
        return self.content


def test_broken_export_writes_nothing(channel, tmp_path, indexed):
    whole = json.dumps({"id": 1, "messages": [message(n, "Hello") for n in range(200)]})
    with indexed():
        job = start(channel, zip_of(tmp_path / "a.zip", {"result.json": whole[:-40]}))
    assert (job.state, job.problem) == ("failed", "The export is broken off or no export at all.")
    assert (Post.objects.count(), storages["private"].listdir("imports")[1]) == (0, [])


# --- undo


def test_undo_takes_back_what_nobody_used(channel, tmp_path, bowls, seller, shopper):
    job = work(start(channel, every_shape(tmp_path / "a.zip")))
    bowl = job.rows.filter(offer_state="open").order_by("line").first()
    sellers.accept_offers(job=job, by=seller, offers=[sellers.Offer(bowl.pk, "Bowl", 3800, bowls.pk, 2)])
    edited = Post.objects.get(text="Good morning")
    sellers.edit_post(post=edited, by=seller, expected_version=1, text="Good evening", pictures=[])
    sellers.like(post=edited, person=shopper)
    kept = make_post(channel)
    sellers.undo_import(job=job, by=seller)
    work(job)
    assert (job.state, set(Post.objects.values_list("pk", flat=True))) == ("undone", {edited.pk, kept.pk})
    assert reasons(job)[0] == (2, "It stays: it was changed since.")
    channel.refresh_from_db()
    assert (channel.product_count, PostOrigin.objects.count()) == (0, 1)
    again = work(start(channel, every_shape(tmp_path / "a.zip")))
    assert counts(again) == ("done", 4, 0, 1, 0)


def test_undo_keeps_what_somebody_asked_about(channel, bowls, shopper, seller):
    from chat import services as chat

    job = agree(start(channel, "id,title,price\n1,Bowl,5\n2,Jug,6\n"), bowls)
    chat.open_conversation(shopper=shopper, channel=channel, product=Product.objects.get(external_id="1"))
    sellers.undo_import(job=job, by=seller)
    work(job)
    assert list(Product.objects.values_list("external_id", flat=True)) == ["1"]
    assert reasons(job) == [(2, "It stays: somebody asked about it or bought it.")]


def test_undo_of_a_change_says_again_what_was_said(channel, bowls, seller):
    post = make_product_post(
        channel, title="Bowl", price_minor=500, category=bowls, external_id="1", stock=7, text="Old"
    )
    job = agree(start(channel, "id,title,price,quantity,description\n1,Bowl!,6,2,New\n"), bowls)
    post.refresh_from_db()
    assert (counts(job), post.text, post.product.price_minor) == (("done", 0, 1, 0, 0), "New", 600)
    sellers.undo_import(job=job, by=seller)
    work(job)
    post = Post.objects.get()
    assert (post.text, post.product.title, post.product.price_minor, post.product.stock) == ("Old", "Bowl", 500, 2)
    assert (post.pictures.count(), post.version, reasons(job)) == (1, 3, [])


def test_undo_goes_on_after_a_kill(channel, bowls, seller, monkeypatch):
    monkeypatch.setattr(jobs.undoing, "CHUNK", 2)
    job = agree(start(channel, "id,title,price\n" + "".join(f"{n},Bowl {n},5\n" for n in range(5))), bowls)
    sellers.undo_import(job=job, by=seller)
    work(job, seconds=0)
    assert (job.state, Post.objects.count()) == ("undoing", 3)
    work(job)
    assert (job.state, Post.objects.count()) == ("undone", 0)
    with pytest.raises(sellers.NotAllowed, match="nothing to undo"):
        sellers.undo_import(job=job, by=seller)


def test_stopped_import_goes_no_further(channel, bowls, seller, monkeypatch):
    monkeypatch.setattr(tables, "ROWS", 2)
    job = start(channel, "id,title,price\n" + "".join(f"{n},Bowl {n},5\n" for n in range(5)))
    sellers.start_import(job=job, by=seller, **job.reading | {"category": bowls.pk})
    work(job, seconds=0)
    sellers.end_import(job=job, by=seller)
    work(job)
    assert (job.state, job.problem, job.new, job.can_undo()) == ("failed", "Stopped by hand.", 2, True)


def test_database_that_refuses_leaves_chunk_and_position_as_they_were(channel, tmp_path):
    job = start(channel, every_shape(tmp_path / "a.zip"))
    with refusing_beyond(0):
        work(job)
    job.refresh_from_db()
    assert (job.state, job.position, ImportRow.objects.count()) == ("running", 0, 0)
