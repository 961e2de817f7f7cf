"""News as e-mail: text and plain HTML, with an unsubscribe link that works without signing in (RFC 8058)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.templatetags.bisat import number
from news import kinds
from news.hours import speaking_to
from news.models import News

SALT = "news.unsubscribe"
EVERYTHING = ""  # instead of a group


class BadToken(ValueError):
    """The link was not made by us."""


def verified_address(person: User) -> str:
    """The person's address if she proved that it is hers, else nothing."""
    verified = EmailAddress.objects.filter(user_id=person.pk, email=person.email, verified=True)
    return person.email if person.email and verified.exists() else ""


def unsubscribe_url(person: User, group: str) -> str:
    token = signing.dumps([person.pk, group], salt=SALT)
    return f"{settings.SITE_URL}{reverse('news:unsubscribe', args=[token])}"


def read_token(token: str) -> tuple[int, str]:
    """The person's pk and the group (or EVERYTHING). Raises BadToken."""
    try:
        pk, group = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadToken(token) from None
    if group != EVERYTHING and group not in kinds.Group.values:
        raise BadToken(token)
    return pk, group


def send_news(news: News) -> None:
    """One letter for one piece of news. Raises what the mail server raises."""
    person = news.person
    with speaking_to(person):
        _send(person, news.words.title, [news], kinds.get(news.kind).group, f"news-{news.pk}")


def send_digest(person: User, rows: Sequence[News], name: str) -> None:
    """One letter for several pieces of news; ``name`` tells this digest from others."""
    with speaking_to(person):
        count = len(rows)
        subject = ngettext("{n} piece of news", "{n} pieces of news", count).format(n=number(count))
        _send(person, _("{news} from Bisat").format(news=subject), rows, EVERYTHING, f"digest-{name}")


def _send(person: User, subject: str, rows: Sequence[News], group: str, name: str) -> None:
    address = verified_address(person)
    if not address:
        return
    unsubscribe = unsubscribe_url(person, group)
    context = {
        "subject": subject,
        "rows": [(row.words, settings.SITE_URL + row.get_absolute_url(), row.at) for row in rows],
        "group": kinds.Group(group).label if group else "",
        "unsubscribe_url": unsubscribe,
        "settings_url": settings.SITE_URL + reverse("news:settings"),
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("news/letter.txt", context),
        to=[address],
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<{name}@{urlsplit(settings.SITE_URL).hostname}>",  # sent twice it is still one letter
        },
    )
    message.attach_alternative(render_to_string("news/letter.html", context), "text/html")
    message.send()
