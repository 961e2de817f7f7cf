"""A talk between the shopper and the seller's channel."""

import pytest

from tests.factories import make_product_post


@pytest.fixture
def product(channel):
    return make_product_post(channel, title="Teal teapot").product


@pytest.fixture
def talk(shopper, channel, product):
    from chat import services as chat

    return chat.open_conversation(shopper=shopper, channel=channel, product=product)
