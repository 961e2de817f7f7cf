"""Slips for parcels: only of what is held, only of one's own channel, at a constant cost."""

import pytest

from payments import selectors
from payments import services as payments
from payments.selectors import slips
from tests.factories import make_channel, make_user
from tests.payments.market import ask, bring_to, fill_wallet, key, pay

pytestmark = pytest.mark.django_db
URL = "/dashboard/saffron_clay/money/slips/"
ADDRESS = {"name": "Sara", "lines": "12 Rose Street", "city": "Portland", "country": "US"}


def hold(channel, buyer, title: str, **address):
    """A paid request with an address."""
    lines = [payments.Line(title, 10_00, 2, options="M"), payments.Line("A ribbon", 1_00)]
    request = ask(channel, buyer, lines=lines, note="Wrap it, please")
    payments.give_address(request=request, by=buyer, address=ADDRESS | address, key=key())
    fill_wallet(buyer, request.amount_minor)
    return pay(request)


def test_a_slip_has_address_and_contents_and_no_prices(channel, buyer, seller_client):
    pot = hold(channel, buyer, "A pot")
    html = seller_client.get(URL, {"r": pot.token}).content.decode()
    for words in ("12 Rose Street", "A pot", "A ribbon", "Wrap it, please", pot.token):
        assert words in html
    assert "$" not in html.partition('class="slips"')[2].partition("</main>")[0]
    assert f'value="{pot.token}"' in seller_client.get(URL).content.decode()


def test_only_what_is_held_and_ones_own(channel, buyer, seller_client, request_):
    theirs = hold(make_channel(owner=make_user()), buyer, "Theirs")
    asked = ask(channel, buyer)
    payments.give_address(request=asked, by=buyer, address=ADDRESS, key=key())
    sent = bring_to(request_, "shipped")
    for request in (theirs, asked, sent):
        assert seller_client.get(URL, {"r": request.token}).status_code == 404
    assert selectors.get_to_send(channel).rows == []
    pot = hold(channel, buyer, "A pot")
    found = selectors.get_slips(channel, [theirs.token, asked.token, sent.token, pot.token])
    assert [slip.request for slip in found] == [pot]


@pytest.mark.parametrize("count", [1, 3])
def test_they_ask_a_constant_number_of_times(count, channel, buyer, seller_client, django_assert_num_queries):
    held = [hold(channel, buyer, f"Pot {number}") for number in range(count)]
    seller_client.get(URL)
    with django_assert_num_queries(3):  # session and person, channel, what is to be sent
        seller_client.get(URL)
    with django_assert_num_queries(5):  # besides: requests, their terms
        html = seller_client.get(URL, {"r": [request.token for request in held]}).content.decode()
    assert html.count("12 Rose Street") == count


def test_who_waits_longest_is_first_and_a_print_has_an_end(monkeypatch, channel, buyer, seller_client):
    held = [hold(channel, buyer, f"Pot {number}") for number in range(3)]
    page = selectors.get_to_send(channel, limit=2)
    assert page.rows == held[:2]
    assert selectors.get_to_send(channel, page.next_cursor, limit=2).rows == held[2:]
    monkeypatch.setattr(slips, "PAGE", 2)
    assert [slip.request for slip in selectors.get_slips(channel, [one.token for one in held[::-1]])] == held[:2]
    assert seller_client.get(URL, {"all": "1"}).content.decode().count('class="panel slip"') == 2
