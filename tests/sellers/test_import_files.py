"""Files as they come: tables in any letters, archives that mean harm, exports of chats."""

import datetime as dt
import io
import json
import os
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest

from sellers.catalogue.reader import BadFile, BadRow, count_lines
from sellers.imports import archives, cells, columns, encodings, jsonstream, tables, telegram
from tests.exports import BEGAN, EVERY_SHAPE_SKIPS, every_shape, message, telegram_zip, zip_of

FA = "شناسه,نام کالا,قیمت,موجودی\n۱,گلدان سفالی,۱۲۰ هزار تومان,۳\n۲,کاسه بزرگ,۲۵۰٬۰۰۰ تومان,۰\n"
ZH_HANS = "编号,名称,价格,库存\n1,陶瓷花瓶和一只大碗,350,3\n2,木头桌子,1200,1\n"
ZH_HANT = "編號,名稱,價格,庫存\n1,陶瓷花瓶與一個大碗,350,3\n2,木頭桌子,1200,1\n"


def write(tmp_path: Path, text: str, encoding: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "certain"),
    [
        (FA, "utf-8", True),
        (FA, "utf-8-sig", True),
        (FA, "utf-16", True),
        ("id,title,price\n1,Bowl,3\n", "utf-16-le", True),
        (FA.replace("۱", "1").replace("۲", "2").replace("۳", "3").replace("۵", "5").replace("۰", "0").replace("ی", "ي"),
         "cp1256", False),
        (ZH_HANS, "gb18030", False),
        (ZH_HANT, "big5", False),
        ("id,title,price\n1,Café crème,3\n", "cp1252", False),
    ],
)  # fmt: skip
def test_letters_are_told_by_the_bytes(tmp_path, text, encoding, certain):
    """What is certain is taken, what is likely is asked."""
    path = write(tmp_path, text.replace("٬", ""), encoding)
    table, is_certain = tables.look_at(path)
    assert is_certain == certain
    lines = list(encodings.read_lines(path, table.encoding, 1000))
    assert "".join(lines) == text.replace("٬", "")


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(BadFile, match="neither a table in text"):
        tables.look_at(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_have_their_lines(tmp_path, delimiter):
    text = f'id{delimiter}title\n1{delimiter}"two\nlines"\n\n2{delimiter}Bowl\n'
    path = write(tmp_path, text, "utf-8")
    table, _certain = tables.look_at(path)
    assert list(tables.read(path, table)) == [(1, ["id", "title"]), (2, ["1", "two\nlines"]), (5, ["2", "Bowl"])]


def test_line_of_a_gigabyte_is_refused_unread(tmp_path):
    """The file is sparse: a gigabyte of zeros behind a beginning of letters costs no disk."""
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(b"id,title,price\n" + b"x" * 2**20)
        file.truncate(2**30)
    tracemalloc.start()
    with pytest.raises(BadFile, match="Line 2 is longer than a line may be"):
        list(tables.read(path, tables.Table("utf-8-sig", ",")))
    with pytest.raises(BadFile, match="larger than 256 MB"):
        count_lines(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_quotation_mark_that_never_ends(tmp_path):
    """Each line is short, and all of them are one row."""
    path = write(tmp_path, ("x," * 99_000 + '"a\n' + 'b",') * 9, "utf-8")
    with pytest.raises(BadFile, match="quotation mark"):
        list(tables.read(path, tables.Table("utf-8-sig", ",")))


def xlsx(path: Path, *rows: tuple) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_spreadsheet_is_read_like_a_table(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("id", "title", "price", None), (1, "Bowl", 17.5, None), (2, "کاسه", 20.0, None))
    table, certain = tables.look_at(path)
    rows = [(1, ["id", "title", "price"]), (2, ["1", "Bowl", "17.5"]), (3, ["2", "کاسه", "20"])]
    assert (certain, list(tables.read(path, table))) == (True, rows)


def rewrite(path: Path, name: str, change) -> Path:
    """The archive with one entry changed."""
    with zipfile.ZipFile(path) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    files[name] = change(files[name])
    return zip_of(path, files)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda xml: xml.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1), "cannot be read"),
        (lambda xml: xml[:-40], "cannot be read"),
        (lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * 30_000_000), "unpacks to hundreds of times"),
    ],
    ids=["entities", "broken", "bomb"],
)
def test_spreadsheets_that_mean_harm(tmp_path, change, words):
    path = xlsx(tmp_path / "a.xlsx", ("id", "title"), (1, "Bowl"))
    rewrite(path, "xl/worksheets/sheet1.xml", change)
    with pytest.raises(BadFile, match=words):
        list(tables.read(path, tables.look_at(path)[0]))


def test_row_far_below_the_others_is_not_looked_for(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("id", "title"), (1, "Bowl"))
    rewrite(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999"'))
    assert list(tables.read(path, tables.Table())) == [(1, ["id", "title"])]


# --- columns


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("id,title,description,price,image_link", ["id", "title", "description", "price", "image_link"]),
        ("SKU;Product Name;Unit price (USD);Qty", ["id", "title", "price", "quantity"]),
        ("كد كالا;نام‌ محصول;قیمت (تومان);موجودی;عکس", ["id", "title", "price", "quantity", "image_link"]),
        ("商品編號;商品名稱;售價;庫存;圖片", ["id", "title", "price", "quantity", "image_link"]),
        ("名称;价格;名称;x", ["title", "price", "", ""]),
    ],
)
def test_columns_are_guessed_in_three_languages(header, fields):
    assert columns.guess(header.replace(",", ";").split(";")) == fields


def test_fingerprint_is_of_the_words_not_their_spelling():
    same = columns.fingerprint(["كد", "Title "]) == columns.fingerprint(["کد", "title"])
    assert (same, columns.fingerprint(["title", "کد"]) == columns.fingerprint(["کد", "title"])) == (True, False)


def row(*values: str, mapping: tuple[str, ...] = ("id", "title", "price", "quantity"), currency="USD", toman=False):
    return cells.row_of(2, values, cells.Reading(mapping, currency, toman))


@pytest.mark.parametrize(
    ("written", "currency", "toman", "minor"),
    [
        ("17.95", "USD", False, 1795),
        ("17.95 USD", "USD", False, 1795),
        ("$1,200", "USD", False, 120000),
        ("۱۲۰٬۰۰۰", "IRR", True, 1_200_000),
        ("۱۲۰٬۰۰۰", "IRR", False, 120_000),
        ("۱۲۰ هزار تومان", "IRR", False, 1_200_000),
        ("NT$ 350", "TWD", False, 350),
        ("350元", "TWD", False, 350),
    ],
)
def test_prices_of_a_column(written, currency, toman, minor):
    assert row("1", "Bowl", written, "3", currency=currency, toman=toman).price_minor == minor


def test_rows_in_a_sellers_own_words():
    found = row("1", "کاسه", "250 هزار تومان", "۳", currency="IRR")
    assert (found.quantity, found.is_sold_out, found.condition) == (3, False, "new")
    names = ("title", "price", "availability", "condition")
    words = row("Bowl", "5", "ناموجود", "کارکرده", mapping=names)
    assert (words.is_sold_out, words.condition, words.id) == (True, "used", cells.id_for(" bowl"))


@pytest.mark.parametrize(
    ("values", "why"),
    [(("1", "Bowl", "cheap", "1"), "price is “cheap”; write it like 17.95 USD"), (("1", "", "5", "1"), "title is empty"),
     (("1", "Bowl", "€5", "1"), "price is in EUR; this channel sells in USD"),
     (("1", "Bowl", "5", "1", "2"), "5 cells where the first line has 4")],
)  # fmt: skip
def test_rows_that_cannot_be_used(values, why):
    with pytest.raises(BadRow, match=why.replace("(", r"\(")):
        row(*values)


def test_pictures_of_a_row():
    mapping = ("image_link", "additional_image_link")
    found = cells.pictures_of(["https://a.example/1,2.jpg", "b.jpg, c.png;b.jpg | https://a.example/3.jpg"], mapping)
    assert found == ["https://a.example/1,2.jpg", "b.jpg", "c.png", "https://a.example/3.jpg"]


# --- archives


def open_(path: Path) -> list[str]:
    with archives.open_archive(path) as archive:
        return archive.namelist()


@pytest.mark.parametrize(
    ("name", "words"),
    [("../../etc/passwd", "leads outside"), ("/etc/passwd", "leads outside"), ("a/../../b", "leads outside"),
     ("..\\b", "leads outside"), ("C:/b", "leads outside"), ("a\nb", "leads outside"), ("a" * 600, "leads outside")],
)  # fmt: skip
def test_names_that_lead_outside(tmp_path, name, words):
    with pytest.raises(BadFile, match=words):
        open_(zip_of(tmp_path / "a.zip", {name: b"x"}))


def test_link_instead_of_a_file(tmp_path):
    info = zipfile.ZipInfo("photos/a.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(BadFile, match="link instead of a file"):
        open_(tmp_path / "a.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for content in ("one", "two"):
            archive.writestr("result.json", content)
    with pytest.raises(BadFile, match="two files of the same name"):
        open_(tmp_path / "a.zip")


def test_bomb_of_zeros(tmp_path):
    with pytest.raises(BadFile, match="unpacks to hundreds of times"):
        open_(zip_of(tmp_path / "a.zip", {"a.json": bytes(20 * 2**20)}))


def test_more_than_it_says(tmp_path):
    """The index names a hundredth of what the entry unpacks to: it is cut off there, and found out."""
    path = zip_of(tmp_path / "a.zip", {"result.json": b"x" * 100_000})
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 1000)
    path.write_bytes(content)
    with archives.open_archive(path) as archive, pytest.raises(BadFile, match="damaged"):
        archives.read_entry(archive, "result.json", 10**6)


def test_index_of_millions_of_names(tmp_path):
    path = zip_of(tmp_path / "a.zip", {"a": b""})
    content = bytearray(path.read_bytes())
    content[-10:-6] = struct.pack("<I", 2**30)
    path.write_bytes(content)
    with pytest.raises(BadFile, match="too many files"):
        open_(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 500, b""])
def test_broken_archives(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(BadFile, match="broken off"):
        open_(path)


# --- Telegram


def read(path: Path, after: int = 0) -> tuple[list[telegram.Story], telegram.Export]:
    export = telegram.Export()
    with archives.open_archive(path) as archive:
        return list(telegram.read(archive, export, after=after)), export


def test_every_shape_of_a_message(tmp_path):
    stories, export = read(every_shape(tmp_path / "a.zip"))
    assert [(story.number, story.text, len(story.pictures)) for story in stories] == [
        (2, "Good morning", 0),
        (3, "Clay bowl\n$38, our shop (https://example.com/shop)", 1),
        (5, "Three lamps", 3),
        (8, "", 1),
        (12, "Small jug $12", 0),
    ]
    assert (dict(export.take_skips(99)), export.messages, export.source) == (EVERY_SHAPE_SKIPS, 15, "4711")
    assert (stories[0].at.timestamp(), stories[0].edited_at) == (BEGAN + 2 * 3600, None)
    assert stories[3].edited_at == dt.datetime.fromtimestamp(BEGAN + 90_000, dt.UTC)


def test_reading_goes_on_behind_a_message(tmp_path):
    stories, _export = read(every_shape(tmp_path / "a.zip"), after=7)
    assert [story.number for story in stories] == [8, 12]


def test_folder_of_the_export_may_be_packed_with_it(tmp_path):
    path = telegram_zip(tmp_path / "a.zip", [message(1, "", photo="photos/a.jpg")], {"photos/a.jpg": b"x"}, "Chat/")
    assert [story.pictures for story in read(path)[0]] == [["Chat/photos/a.jpg"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "broken off"),
        ("[1, 2]", "broken off"),
        ('{"messages": [{"id": 1}', "broken off"),
        ('{"messages": []}', "no messages"),
        ('{"chats": {"list": []}}', "a whole account"),
        ('{"a": ' + "[" * 200_000, "broken off"),
        ('{"a": ' + "9" * 10_000 + "}", "broken off"),
        ('{"messages": ["' + os.urandom(2**20).hex() + '"]}', "longer than a message may be"),
        (b'{"messages": ["\xff\xfe"]}', "not UTF-8"),
    ],
)
def test_exports_that_are_none(tmp_path, content, words):
    with pytest.raises(BadFile, match=words):
        read(zip_of(tmp_path / "a.zip", {"result.json": content}))


def test_elements_are_the_same_however_the_file_is_cut(monkeypatch):
    monkeypatch.setattr(jsonstream, "CHUNK", 3)
    items = [1, 12.5, "گل\n", {"a": [1, {"b": None}]}, True, [], -3]
    other: dict[str, object] = {}
    text = json.dumps({"id": 12, "list": items, "z": 7}, ensure_ascii=False, indent=2)
    found = list(jsonstream.read_object(io.BytesIO(text.encode()), "list", other.__setitem__))
    assert (found, other) == (items, {"id": 12, "z": 7})


def test_twenty_thousand_messages_in_bounded_memory(tmp_path):
    one = json.dumps(message(4711, "Bowl $5 " * 20))
    text = ",".join(one.replace("4711", str(number), 1) for number in range(1, 20_001))
    path = zip_of(tmp_path / "a.zip", {"result.json": f'{{"messages": [{text}]}}'})
    del text
    tracemalloc.start()
    export = telegram.Export()
    with archives.open_archive(path) as archive:
        count = sum(1 for _story in telegram.read(archive, export))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, peak < 3 * 2**20) == (20_000, True)
