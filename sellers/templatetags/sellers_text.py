"""``{% load sellers_text %}``: what people write, on a page."""

from django import template

from sellers.text import render_text

register = template.Library()
register.filter("render_text", render_text, is_safe=True)
