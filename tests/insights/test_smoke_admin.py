"""Staff write a smoke test, read what it says, and take its applicants home."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.models import Picture
from core.pictures import make_widths
from core.templatetags.bisat import picture_url
from demo.smoke import fill_smoke_test
from insights import services
from insights.models import Applicant, SmokeTest, SmokeUpload
from insights.selectors import smoke as selectors
from news.models import News
from recommender.lookers import Looker

ADD = reverse("admin:insights_smoketest_add")
LIST = reverse("admin:insights_smoketest_changelist")
APPLICANTS = reverse("admin:insights_applicant_changelist")


def report_url(smoke: SmokeTest, what: str = "report") -> str:
    return reverse(f"admin:insights_smoketest_{what}", args=[smoke.pk])


def written(**changes) -> dict[str, object]:
    """What the form of a new test sends."""
    form: dict[str, object] = {
        "name": "Rent", "slug": "rent", "service": "", "icon": "tent", "target": "sellers", "slots": ["services"],
        "threshold_percent": "20", "min_visitors": "50", "starts_at_0": "2026-01-01", "starts_at_1": "00:00:00",
        "ends_at_0": "", "ends_at_1": "",
        "pages-TOTAL_FORMS": "3", "pages-INITIAL_FORMS": "0", "fields-TOTAL_FORMS": "1", "fields-INITIAL_FORMS": "0",
        "transitions-TOTAL_FORMS": "0", "transitions-INITIAL_FORMS": "0",
        "fields-0-key": "size", "fields-0-kind": "choice", "fields-0-is_required": "on", "fields-0-position": "0",
        "fields-0-label_en": "How big?", "fields-0-label_fa": "چه اندازه؟",
        "fields-0-choices_en": "Small\nLarge", "fields-0-choices_fa": "کوچک\nبزرگ",
        "fields-0-label_zh-hant": "多大？", "fields-0-choices_zh-hant": "小\n大",
    }  # fmt: skip
    for place, code in enumerate(("en", "fa", "zh-hant")):
        page = {"language": code, "headline": f"Rent {code}", "promise": "P", "points": "A\nB", "button": "Go"}
        form |= {f"pages-{place}-{name}": words for name, words in page.items()}
    return form | changes


def test_staff_write_a_test_without_a_deploy(staff_client):
    page = staff_client.get(ADD).content.decode()
    assert re.findall(r'<option value="([\w-]+)" selected>', page)[:4] == ["sellers", "en", "fa", "zh-hant"]
    staff_client.post(ADD, written())
    smoke = SmokeTest.objects.get()
    field = smoke.fields.get()
    assert (smoke.state, smoke.slots, smoke.threshold_percent) == ("draft", ["services"], 20)
    assert [page.point_list for page in smoke.pages.order_by("language")] == [["A", "B"]] * 3
    choices = {"en": ["Small", "Large"], "fa": ["کوچک", "بزرگ"], "zh-hant": ["小", "大"]}
    assert (field.label, field.choices) == ("How big?", choices)
    staff_client.post(report_url(smoke, "start"))
    smoke.refresh_from_db()
    assert smoke.state == "running"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"icon": "no-such-thing"}, "There is no such icon."),
        ({"fields-0-choices_fa": "یک"}, "The same two or more choices in each language."),
        ({"threshold_percent": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_visitors_would_miss_is_the_forms_problem(staff_client, change, said):
    assert said in staff_client.post(ADD, written(**change)).content.decode()
    assert SmokeTest.objects.count() == 0


def snapshot() -> SimpleUploadedFile:
    """As a camera leaves it: with words about itself."""
    drawn, said = io.BytesIO(), Image.Exif()
    said[0x010E] = "where I live"
    Image.new("RGB", (320, 200), "teal").save(drawn, "JPEG", exif=said)
    return SimpleUploadedFile("tent.jpg", drawn.getvalue(), content_type="image/jpeg")


def is_shown(smoke: SmokeTest, page: str) -> bool:
    """Encoded again, without what the upload said about itself, and on the page."""
    with smoke.picture.storage.open(smoke.picture.master_name) as file:
        kept = file.read()
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (320, 200), {})
    assert b"where I live" not in kept
    return f'src="{picture_url(smoke.picture)}"' in page


def test_staff_give_a_test_its_picture_and_later_another(staff_client, client):
    staff_client.post(ADD, written(upload=snapshot()))
    smoke = SmokeTest.objects.get()
    staff_client.post(report_url(smoke, "start"))
    make_widths(smoke.picture)  # what a worker does
    assert is_shown(smoke, client.get(smoke.get_absolute_url()).content.decode())
    first = smoke.picture
    pages = {f"pages-{place}-id": page.pk for place, page in enumerate(smoke.pages.order_by("pk"))}
    kept = written(upload=snapshot()) | pages | {"pages-INITIAL_FORMS": "3", "fields-TOTAL_FORMS": "0"}
    url = reverse("admin:insights_smoketest_change", args=[smoke.pk])
    assert staff_client.post(url, kept).status_code == 302
    smoke.refresh_from_db()
    make_widths(smoke.picture)
    assert smoke.picture != first
    assert is_shown(smoke, client.get(smoke.get_absolute_url()).content.decode())


def test_what_is_no_picture_is_refused_in_the_form(staff_client):
    upload = SimpleUploadedFile("a.svg", b"<svg onload='alert(1)'/>", content_type="image/svg+xml")
    said = staff_client.post(ADD, written(upload=upload)).content.decode()
    assert "This is not a picture we can read." in said
    assert (SmokeTest.objects.count(), Picture.objects.count()) == (0, 0)


def test_a_running_test_shows_what_is_settled(staff_client, running):
    page = staff_client.get(reverse("admin:insights_smoketest_change", args=[running.pk])).content.decode()
    assert [f'name="{name}"' in page for name in ("slug", "threshold_percent", "min_visitors", "target")] == [False] * 4
    assert ['name="pages-0-headline"' in page, 'name="fields-0-key"' in page] == [True, False]


def test_a_draft_says_what_it_lacks(staff_client, staff):
    smoke = SmokeTest.objects.create(name="Bare", slug="bare")
    assert "The form asks nothing." in staff_client.get(report_url(smoke)).content.decode()
    assert "The form asks nothing." in staff_client.post(report_url(smoke, "start"), follow=True).content.decode()


def test_the_case_study_says_build_it(staff, staff_client, taxonomy, django_assert_num_queries):
    smoke = fill_smoke_test(by=staff)
    assert fill_smoke_test(by=staff).pk == smoke.pk  # and nothing twice
    report = selectors.get_report(smoke)
    assert (report.funnel.seen, report.funnel.submitted, report.funnel.rate) == (8000, 3000, 0.375)
    assert [round(limit, 4) for limit in report.funnel.interval] == [0.3645, 0.3857]
    assert report.verdict == selectors.Verdict.BUILD
    for _words, parts in report.segments:
        assert sum(part.funnel.seen for part in parts) == 8000
        assert sum(part.funnel.submitted for part in parts) == 3000
    staff_client.get(report_url(smoke))
    with django_assert_num_queries(7):
        page = staff_client.get(report_url(smoke)).content.decode()
    assert "<strong>37.5%</strong> (36.4% to 38.6%)" in page
    assert "<h2>Build it <small>(as of now)</small></h2>" in page
    assert re.search(r'class="chart bars"[^>]+aria-label="([^"]+)"', page)[1] == (
        "People, each once: Seen 8,000 · 100%; Call to action 4,400 · 55%; Form started 3,600 · 45%; "
        "Submitted 3,000 · 38%."
    )
    assert re.findall(r'class="bar" x="24.0" width="([\d.]+)"', page) == ["592.0", "325.6", "266.4", "222.0"]


@pytest.fixture
def applied(running, seller, channel) -> Applicant:
    answers = {"text": '=HYPERLINK("http://x")', "number": "5", "choice": "1", "phone": "+4915112345678"}
    upload = SmokeUpload.objects.create(test=running, field_key="file", name="@a.pdf", document="a.pdf")
    return services.apply(
        smoke=running, looker=Looker(seller.pk), answers=answers, uploads=[upload], language="en", channel=channel
    )


@pytest.mark.parametrize("count", [1, 3])
def test_applicants_leave_as_csv_that_no_spreadsheet_runs(
    staff_client, running, applied, count, django_assert_num_queries
):
    for n in range(count - 1):
        services.apply(smoke=running, looker=Looker(guest=f"g{n}"), answers={"choice": "9"}, uploads=[], language="en")
    with django_assert_num_queries(6):
        answer = staff_client.get(report_url(running, "csv"))
        text = b"".join(answer.streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert (answer["Content-Type"], len(rows)) == ("text/csv; charset=utf-8", count + 1)
    assert rows[0][5:] == ["Question text", "Question number", "Question choice", "Question phone", "Question file"]
    assert rows[1][1:] == [
        *("Received", "saffron_clay", "Mina", "seller@example.com"),
        *('\'=HYPERLINK("http://x")', "5", "Many", "'+4915112345678", "'@a.pdf"),
    ]


def test_staff_read_an_application_and_tell_its_sender(staff_client, running, applied, seller):
    page = staff_client.get(reverse("admin:insights_applicant_change", args=[applied.pk])).content.decode()
    assert "Many" in page
    upload = applied.uploads.get()
    assert f'href="{reverse("admin:insights_applicant_file", args=[upload.pk])}"' in page
    act = {"action": "not_built", "_selected_action": [applied.pk]}
    assert "Write a few words" in staff_client.post(APPLICANTS, act, follow=True).content.decode()
    assert (
        "1 applicant was told."
        in staff_client.post(APPLICANTS, act | {"reason": "Later"}, follow=True).content.decode()
    )
    assert News.objects.get(person=seller, kind="smoke_not_built").words.body == "Later"


def test_a_pdf_is_saved_by_the_browser_and_strangers_find_nothing(staff_client, seller_client, applied):
    from django.core.files.base import ContentFile
    from django.core.files.storage import storages

    upload = applied.uploads.get()
    storages["private"].save("a.pdf", ContentFile(b"%PDF-1.7"))
    address = reverse("admin:insights_applicant_file", args=[upload.pk])
    answer = staff_client.get(address)
    assert (answer["Content-Disposition"], b"".join(answer.streaming_content)) == (
        f'attachment; filename="{upload.pk}.pdf"', b"%PDF-1.7",
    )  # fmt: skip
    assert seller_client.get(address).status_code in (302, 404)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_counts_in_one_query(staff_client, running, count, django_assert_num_queries):
    for n in range(count - 1):
        SmokeTest.objects.create(name=f"T{n}", slug=f"t{n}")
    services.note_step(smoke=running, looker=Looker(guest="g"), step="submitted_at")
    staff_client.get(LIST)
    with django_assert_num_queries(7):
        page = staff_client.get(LIST).content.decode()
    assert re.findall(r'class="field-(seen|submitted)">(\d+)', page)[-2:] == [("seen", "1"), ("submitted", "1")]


def test_turning_it_live(staff_client, running, applied):
    said = staff_client.post(report_url(running, "turn_live"), {"url": "https://x"}, follow=True).content.decode()
    assert "begins with one slash" in said
    said = staff_client.post(report_url(running, "turn_live"), {"url": "/rent/"}, follow=True).content.decode()
    assert "the applicants are being handed over" in said
    running.refresh_from_db()
    assert (running.state, running.live_url) == ("ended", "/rent/")
