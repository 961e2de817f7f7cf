"""What can be refused, each with a sentence for the person who asked."""

from collections import defaultdict

from django.utils.translation import gettext as _

from core.templatetags.bisat import number
from sellers.models import Post


class Refused(Exception):
    """Nothing was written. ``str()`` is a translated sentence; ``field`` names the form's field, or nothing."""

    field = ""


class NotAllowed(Refused):
    """This person may not do that, or not now."""


class BadHook(Refused):
    field = "url"


class BadHandle(Refused):
    field = "handle"


class HandleTaken(Refused):
    field = "handle"

    def __init__(self) -> None:
        super().__init__(_("This handle is taken. Choose another one."))


class NoSuchPerson(Refused):
    field = "person"

    def __init__(self) -> None:
        super().__init__(_("Nobody with this address or number has an account yet. Ask them to sign up first."))


class AlreadyMember(Refused):
    field = "person"

    def __init__(self) -> None:
        super().__init__(_("This person is on the team already."))


class OutOfStock(Refused):
    field = "quantity"

    def __init__(self) -> None:
        super().__init__(_("There are not so many left."))


class StalePost(Refused):
    """Somebody edited the post after the form was opened; ``post`` is what it says now."""

    def __init__(self, post: Post) -> None:
        super().__init__(_("Somebody changed this post in the meantime. Look at both versions and save again."))
        self.post = post


class Invalid(Refused):
    """``problems`` maps fields to sentences; ``str()`` is the first of them."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        self.problems = problems
        self.field, sentences = next(iter(problems.items()))
        super().__init__(sentences[0])


class BadChannel(Invalid):
    pass


class BadPost(Invalid):
    pass


class Problems:
    """Collects all that is wrong before anything is refused."""

    def __init__(self) -> None:
        self.found: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, field: str, sentence: str) -> None:
        self.found[field].append(sentence)

    def check_text(self, field: str, text: str, limit: int, *, required: bool = False) -> None:
        if required and not text.strip():
            self.add(field, _("Please fill this in."))
        elif len(text) > limit:
            self.add(field, _("Please write at most {n} characters.").format(n=number(limit)))
        elif "\x00" in text:
            self.add(field, _("This text holds a character we cannot keep."))

    def raise_as(self, kind: type[Invalid]) -> None:
        if self.found:
            raise kind(dict(self.found))
