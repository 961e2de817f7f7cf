"""What staff's pages of recommendations have in common."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Fact = tuple[str | Promise, object]


class ReadOnly(admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def facts_table(facts: Iterable[Fact]) -> SafeString:
    """What is known, one line each."""
    rows = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', facts)
    return format_html("<table><tbody>{}</tbody></table>", rows)


def bar(done: int, most: int, words: str) -> SafeString:
    """How far something is, in words and drawn."""
    return format_html('{}<br><progress value="{}" max="{}" aria-hidden="true"></progress>', words, done, max(most, 1))
