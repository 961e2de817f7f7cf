"""Every step for the right person, in the right state, and for nobody else."""

import io
import re
import uuid

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image

from payments import cards, selectors
from payments import services as payments
from payments.machine import MOVES, Move, State, Who
from payments.models import MoneyRequest, RefundRequest
from payments.step_words import WORDS as SAID
from payments.views.steps import ACTS
from tests.payments.market import ask, ask_in, bring_to, key, make_coupon, owner, pay
from tests.payments.people import AS_WHOM, ROLES, client_of, lay_open, make_team

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
BY_ALL = ("draft", "requested", "held", "released", "charged_back")
PERSONAL = [move for move in MOVES if {Who.BUYER, Who.SELLER} & set(move.who)]
WORDS = {
    "apply_coupon": {"code": "welcome"},
    "offer_refund": {"amount": "10"},
    "ask_refund": {"reason": "damaged", "text": "The lid is gone"},
    "add_evidence": {"text": "See the lid"},
    "ship": {"carrier": "Post", "tracking": "1Z9"},
}


def address(request: MoneyRequest, verb: str) -> str:
    return f"/requests/{request.token}/{verb.replace('_', '-')}/"


def form(request: MoneyRequest, **words: object) -> dict[str, object]:
    return {"key": str(uuid.uuid4()), "version": request.version, **words}


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(key|version)" value="([^"]+)"', page))


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def jpeg(name: str = "lid.jpg") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 75), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def fresh(request: MoneyRequest) -> MoneyRequest:
    return MoneyRequest.objects.get(pk=request.pk)


@pytest.fixture
def people(channel, buyer):
    make_coupon(channel, code="WELCOME", person_limit=None)
    return make_team(channel) | {"buyer": buyer}


def test_every_verb_of_people_has_a_page():
    verbs = {move.verb for move in PERSONAL}
    assert verbs == {*ACTS, "edit", "pay"} == set(SAID)


@pytest.mark.usefixtures("bare_404")
@pytest.mark.parametrize("state", State)
def test_who_may_do_what_in_which_state(people, channel, buyer, state):
    """GET of each verb's page: 200 where it is open, back to the request where it is too late, 404 for others."""
    request = ask_in(channel, buyer, state)
    if state in ("held", "shipped", "delivered"):
        lay_open(request, "offer")
    if state == "requested":
        lay_open(request, "coupon")
    for role in ROLES if state in BY_ALL else AS_WHOM:  # who has no part is refused in any
        client = client_of(role, people)
        found = {move.verb: client.get(address(request, move.verb)).status_code for move in PERSONAL}
        assert found == {move.verb: _expected(move, role, state) for move in PERSONAL}, role


def _expected(move: Move, role: str, state: str) -> int:
    if role == "guest":
        return 302
    if AS_WHOM.get(role) not in move.who or (role == "buyer" and state == State.DRAFT):
        return 404
    return 200 if state in move.sources and move.needs != "no_offer" else 302


@pytest.mark.usefixtures("bare_404")
@pytest.mark.parametrize("move", [m for m in PERSONAL if m.verb not in ("edit", "pay", "send")], ids=lambda m: m.verb)
def test_posting_a_step_moves_the_request_for_its_people_only(people, request_, move):
    source = next(state for state in reversed(move.sources) if state != State.DELIVERED)
    request = bring_to(request_, source)
    lay_open(request, move.needs)
    request = fresh(request)
    for role in ROLES:
        with transaction.atomic():
            response = client_of(role, people).post(
                address(request, move.verb), form(request, **WORDS.get(move.verb, {}))
            )
            after = fresh(request)
            if AS_WHOM.get(role) in move.who:
                assert (response.status_code, response.headers["location"]) == (302, f"/requests/{request.token}/"), (
                    role
                )
                assert after.state in (move.targets or {source})
                assert said(response) == [str(SAID[move.verb].done).format(**cards.get_card(after, people[role]).words)]
            else:
                assert response.status_code == (302 if role == "guest" else 404), role
                assert (after.state, after.version) == (request.state, request.version)
            transaction.set_rollback(True)


def test_a_draft_is_the_teams_and_is_sent_by_an_agent(people, channel, buyer):
    request = ask(channel, buyer, as_draft=True)
    assert client_of("buyer", people).get(f"/requests/{request.token}/").status_code == 404
    page = client_of("viewer", people).get(f"/requests/{request.token}/").content.decode()
    assert ("Written as a draft" in page, "Asked for money" in page) == (True, False)
    assert client_of("agent", people).post(address(request, "send"), form(request)).status_code == 302
    assert fresh(request).state == State.REQUESTED


@pytest.mark.parametrize("state", State)
def test_the_cards_verbs_are_those_the_services_allow(people, channel, buyer, state):
    request = ask_in(channel, buyer, state)
    for role in ("buyer", "owner", "manager", "agent", "viewer", "stranger"):
        person = people[role]
        allowed = [action.verb for action in selectors.actions_for(request, person)]
        assert cards.get_card(request, person).verbs == allowed, role


def test_a_double_click_does_it_once(people, request_):
    request = pay(request_)
    client, sent = client_of("owner", people), form(request, tracking="1Z9")
    first = client.post(address(request, "ship"), sent)
    second = client.post(address(request, "ship"), sent)
    assert first.headers["location"] == second.headers["location"] == f"/requests/{request.token}/"
    assert said(second)[-1] == "Shipped. The buyer knows."
    assert fresh(request).version == request.version + 1


def test_a_second_tab_sees_the_request_as_it_is(people, request_):
    request = bring_to(request_, State.SHIPPED)
    client = client_of("buyer", people)
    assert client.post(address(request, "release"), form(request)).status_code == 302
    second = client.post(address(request, "release"), form(request))
    assert (second.status_code, second.headers["location"]) == (302, f"/requests/{request.token}/")
    assert selectors.get_payable_balance(request.channel) == 95_00


def test_a_changed_request_is_shown_anew_and_nothing_typed_is_lost(people, request_):
    seen = form(request_, reason="Too dear for me")
    lines = [payments.Line("A larger pot", 120_00)]
    payments.edit_request(request=request_, by=owner(request_.channel), version=1, lines=lines, key=key())
    client = client_of("buyer", people)
    response = client.post(address(request_, "decline"), seen, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.lstrip().startswith('<div class="stack gap-5" id="step">')
    assert "The request was changed in the meantime." in page
    assert "A larger pot" in page
    assert "Too dear for me" in page
    assert fresh(request_).state == State.REQUESTED
    again = client.post(address(request_, "decline"), fields(page) | {"reason": "Too dear for me"})
    assert (again.status_code, fresh(request_).state) == (302, State.DECLINED)


@pytest.mark.parametrize(
    "amount", ["", "0", "-5", "1e3", "NaN", "Infinity", "99999999999999999999", "100", "100.01", "10.001", "ten"]
)
def test_no_rubbish_is_offered(people, request_, amount):
    request = pay(request_)
    response = client_of("owner", people).post(address(request, "offer_refund"), form(request, amount=amount))
    assert response.status_code == 422
    assert selectors.get_open_offer(request) is None


def test_persian_digits_are_offered(people, request_):
    request = pay(request_)
    client_of("owner", people).post(address(request, "offer_refund"), form(request, amount="۱۲٫۵۰"))
    assert selectors.get_open_offer(request).amount_minor == 12_50


@pytest.mark.parametrize(
    "bad", [{"key": ""}, {"key": "x" * 200}, {"version": "0"}, {"version": "1e3"}, {"version": "۹" * 30}]
)
def test_a_form_without_its_key_or_version_does_nothing(people, request_, bad):
    request = pay(request_)
    response = client_of("owner", people).post(address(request, "refund"), form(request) | bad)
    assert response.status_code == 422
    assert fresh(request).state == State.HELD


def test_the_same_key_with_other_words_is_refused_and_kept(people, request_):
    request = pay(request_)
    client, sent = client_of("owner", people), form(request, amount="10")
    client.post(address(request, "offer_refund"), sent)
    payments.decline_offer(offer=selectors.get_open_offer(request), by=request.buyer, key=key())
    response = client.post(address(request, "offer_refund"), sent | {"amount": "20"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "This form was sent before with other contents." in page
    assert 'value="20"' in page
    assert fields(page)["key"] != sent["key"]


def test_a_refund_is_asked_with_photos_that_survive_an_error(people, request_):
    request = bring_to(request_, State.SHIPPED)
    client = client_of("buyer", people)
    files = [jpeg(), SimpleUploadedFile("cv.pdf", b"%PDF-1.7")]
    response = client.post(address(request, "ask_refund"), form(request, text="Broken", photo_files=files))
    page = response.content.decode()
    assert response.status_code == 422
    assert "cv.pdf: This is not a picture we can read." in page
    (token,) = re.findall(r'name="photo" value="([^"]+)"', page)
    preview = client.get(*re.findall(r'<img class="thing l" src="([^"]+)"', page))
    assert (preview.status_code, preview.content[8:12]) == (200, b"WEBP")
    sent = fields(page) | {"reason": "damaged", "text": "Broken", "photo": token, "photo_files": [jpeg("b.jpg")]}
    assert client.post(address(request, "ask_refund"), sent).status_code == 302
    asked = RefundRequest.objects.get(request=request)
    assert (asked.reason, asked.text) == ("damaged", "Broken")
    assert [picture.is_private for picture in asked.pictures.all()] == [True, True]
    sent["photo_files"] = [jpeg("b.jpg")]
    assert client.post(address(request, "ask_refund"), sent).headers["location"] == f"/requests/{request.token}/"
    assert RefundRequest.objects.get(request=request) == asked


def test_more_than_five_photos_are_named(people, request_):
    request = bring_to(request_, State.SHIPPED)
    files = [jpeg(f"{number}.jpg") for number in range(6)]
    sent = form(request, reason="damaged", text="", photo_files=files)
    response = client_of("buyer", people).post(address(request, "ask_refund"), sent)
    assert response.status_code == 422
    assert "5.jpg: 5 photos at most." in response.content.decode()


def test_release_says_that_it_is_final(people, request_):
    request = bring_to(request_, State.DELIVERED)
    page = client_of("buyer", people).get(address(request, "release")).content.decode()
    assert "This is final: Saffron &amp; Clay gets the money now, and Bisat cannot bring it back." in page


def test_evidence_ends_with_its_time(people, request_):
    request = bring_to(request_, State.DISPUTED)
    dispute = selectors.get_dispute(request)
    dispute.evidence_until = dispute.opened_at
    dispute.save(update_fields=["evidence_until"])
    response = client_of("buyer", people).post(address(request, "add_evidence"), form(request, text="Look"))
    assert (response.status_code, dispute.evidence.count()) == (302, 0)


# --- changing what is asked

LINES = {
    "lines": "1",
    "line0-thing": "",
    "line0-options": "",
    "line0-title": "Two pots",
    "line0-quantity": "2",
    "line0-price": "30",
    "delivery": "5",
    "discount": "",
    "note": "Wrapped",
    "words": "",
}


def test_the_seller_changes_a_request(people, request_):
    client = client_of("agent", people)
    page = client.get(address(request_, "edit")).content.decode()
    assert 'value="A clay pot"' in page
    sent = fields(page) | LINES
    assert client.post(address(request_, "edit"), sent).status_code == 302
    assert client.post(address(request_, "edit"), sent).status_code == 302
    request = fresh(request_)
    terms = selectors.get_terms(request)
    assert (request.version, request.amount_minor, terms.delivery_minor, terms.note) == (2, 65_00, 5_00, "Wrapped")


def test_two_sellers_change_a_request(people, request_):
    sent = form(request_, **LINES)
    lines = [payments.Line("Theirs", 9_00)]
    payments.edit_request(request=request_, by=people["owner"], version=1, lines=lines, key=key())
    client = client_of("agent", people)
    response = client.post(address(request_, "edit"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert ("Theirs" in page, 'value="Two pots"' in page) == (True, True)
    assert client.post(address(request_, "edit"), LINES | fields(page)).status_code == 302
    assert fresh(request_).title == "Two pots"


@pytest.mark.parametrize(
    "bad",
    [
        {"line0-price": "-1"}, {"line0-price": "1e3"}, {"line0-price": "NaN"}, {"line0-price": "9" * 20},
        {"line0-quantity": "0"}, {"line0-quantity": "1001"}, {"line0-quantity": "x"}, {"line0-title": ""},
        {"discount": "65"}, {"discount": "66"}, {"delivery": "-3"}, {"line0-thing": "999999"},
        {"line0-thing": "drop table"}, {"note": "x" * 501}, {"key": "no"},
    ],
    ids=str,
)  # fmt: skip
def test_no_rubbish_is_asked_for(people, request_, bad):
    response = client_of("owner", people).post(address(request_, "edit"), form(request_, **LINES) | bad)
    assert response.status_code == 422
    assert "Two pots" in response.content.decode() or "line0-title" in bad
    assert fresh(request_).version == 1


def test_guests_are_asked_to_sign_in(request_):
    location = Client().get(address(request_, "pay")).headers["location"]
    assert location == f"/accounts/login/?next=/requests/{request_.token}/pay/"


def test_staff_who_are_no_party_find_nothing(staff_client, request_):
    assert staff_client.get(f"/requests/{request_.token}/").status_code == 404
