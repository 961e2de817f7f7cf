from ads.selectors.applications import (
    Standing,
    get_application,
    get_changes,
    get_facts,
    get_line,
    get_standing,
)

__all__ = ["Standing", "get_application", "get_changes", "get_facts", "get_line", "get_standing"]
