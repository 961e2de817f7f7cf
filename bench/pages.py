#!/usr/bin/env python3
"""How fast the main pages are: queries, time, bytes, requests per second, on a catalogue of real size.

`make bench-pages`, or `.venv/bin/python bench/pages.py [--catalogue FILE.csv] [--seconds 4] [--home DIR] [--only NAME]`.
Starts its own PostgreSQL, Valkey and web server (granian, two workers) on free loopback ports and stops them again.
With `--home` the data stay there for the next time. Times are what one client sees over a kept-alive connection with
the cache of whole pages off; requests per second are measured with eight clients, by wrk if it is installed.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))

from core import embedded  # noqa: E402

CATALOGUE = BASE.parent / "shared/data/catalogue/electronics.csv"
HANDLE = "bench_shop"
CLIENTS = 8
MUSTS = "musts of list pages: <= 5 queries (8 signed in), p50 <= 12 ms, p99 <= 60 ms, >= 150/s, cached >= 3,000/s, <= 30 KB (6 KB gzip)"


@dataclass(frozen=True)
class Target:
    name: str
    path: str
    cookie: str = ""  # empty: a guest without history
    language: str = "en"  # and the market where it is read

    @property
    def headers(self) -> dict[str, str]:
        return {"Accept-Language": self.language} | ({"Cookie": self.cookie} if self.cookie else {})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE if CATALOGUE.exists() else None)
    parser.add_argument("--home", type=Path, help="keep the data here")
    parser.add_argument("--requests", type=int, default=300, help="timed requests a page")
    parser.add_argument("--seconds", type=float, default=4, help="how long each load runs")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    return parser.parse_args()


def start_django(home: Path) -> None:
    servers = embedded.start(home, durable=False, environment={})
    os.environ |= servers.environment()
    os.environ |= {
        "BISAT_ENV": "development", "BISAT_VAR": str(home), "DATABASE_POOLED": "1", "LOG_LEVEL": "ERROR",
        "SITE_URL": "http://127.0.0.1:8000", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    import django
    from django.core.management import call_command

    environment = os.environ | {"DATABASE_URL": servers.owner_url, "DATABASE_POOLED": "0"}
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
        subprocess.run([sys.executable, str(BASE / "manage.py"), *command], env=environment, cwd=BASE, check=True)
    django.setup()
    call_command("load_taxonomy", verbosity=0)


def fill(catalogue: Path | None) -> None:
    """The demo market where there is one, the catalogue in a channel of its own, and some life."""
    from django.core.management import call_command, get_commands

    from accounts.models import User
    from sellers import services as sellers
    from sellers.models import Channel, Product
    from shop import search, services

    if Channel.objects.filter(handle=HANDLE).exists():
        return
    if "fill_demo" in get_commands():
        call_command("fill_demo", quick=True)
    owner = User.objects.create_user(email="bench@example.com", password=None, display_name="Bench")
    channel = sellers.create_channel(
        owner=owner,
        handle=HANDLE,
        name="Bench shop",
        tagline="Electronics",
        city="Portland",
        market="us",
        language="en",
    )
    channel = sellers.submit_channel(channel=channel, by=owner)
    if channel.state != Channel.State.OPEN:
        sellers.approve_channel(channel=channel, by=owner)
    if catalogue:
        print(f"importing {catalogue.name} ...", flush=True)
        call_command("import_catalogue", str(catalogue), channel=HANDLE, announce=True)
    while search.index_missed():
        pass
    people = [User.objects.create_user(email=f"bench{n}@example.com", password=None) for n in range(20)]
    for product in Product.objects.listed().in_market("us").select_related("post").order_by("pk")[:400:2]:
        for person in people[: 1 + product.pk % len(people)]:
            sellers.save(person=person, product=product)
    for each in Channel.objects.visible().in_market("us").order_by("pk"):
        sellers.follow(person=people[0], channel=each)
    services.refresh_popularity()


def session_of(email: str) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.models import User
    from accounts.sessions import SessionStore

    person = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def targets() -> list[Target]:
    from django.urls import NoReverseMatch, reverse

    from sellers.models import Product

    product = Product.objects.listed().in_market("us").order_by("-popularity", "-pk").first()
    if product is None:
        sys.exit("There is nothing for sale: give --catalogue FILE.csv.")
    shopper, seller = session_of("bench0@example.com"), session_of("bench@example.com")
    found = [
        Target("shop tab", "/"),
        Target("shop tab, signed in", "/", shopper),
        Target("category with facets", "/c/electronics/?color=black&color=white&stock=in"),
        Target("category, signed in", "/c/electronics/?color=black&color=white&stock=in", shopper),
        Target("newest, whole market", "/newest/"),
        Target("search", "/search/?q=wireless+mouse"),
        Target("shop tab, fa", "/", language="fa"),
        Target("category, fa", "/c/home/", language="fa"),
        Target("newest, fa", "/newest/", language="fa"),
        Target("product", product.get_absolute_url()),
        Target("product, signed in", product.get_absolute_url(), shopper),
        Target("channel", f"/@{HANDLE}/"),
        Target("channel, signed in", f"/@{HANDLE}/", shopper),
        Target("feed", "/feed/", shopper),
    ]
    with contextlib.suppress(NoReverseMatch):
        found.append(Target("dashboard list", reverse("dashboard:posts", args=[HANDLE]), seller))
    return found


def count_queries(target: Target) -> tuple[int, int]:
    """Queries of the second call, when cards and counts are kept, and the status."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.GUEST_PAGE_SECONDS = 0
    client = Client(raise_request_exception=False, headers=target.headers)
    client.get(target.path)
    with CaptureQueriesContext(connection) as queries:
        status = client.get(target.path).status_code
    asked = [query["sql"] or "prepared" for query in queries]  # Django does not know the text of a prepared statement
    return len([sql for sql in asked if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]), status


@contextlib.contextmanager
def web_server(page_seconds: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backpressure", "64", "--no-ws", "--log-level", "warning",
        "config.wsgi:application",
    ]  # fmt: skip
    environment = os.environ | {"GUEST_PAGE_SECONDS": str(page_seconds)}
    process = subprocess.Popen(command, cwd=BASE, env=environment)
    try:
        _wait_for_pages(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for_pages(port: int) -> None:
    """Until pages come, several in a row: each worker must have made its first."""
    good, until = 0, time.monotonic() + 60
    while good < 10 and time.monotonic() < until:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            link.request("GET", "/")
            good = good + 1 if link.getresponse().status == 200 else 0
        except OSError:
            time.sleep(0.1)
        finally:
            link.close()


def one_client(port: int, target: Target, requests: int) -> tuple[list[float], bytes]:
    """Milliseconds of each request over one connection, and the page."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times, body = [], b""
    for number in range(requests + 20):
        started = time.perf_counter()
        link.request("GET", target.path, headers=target.headers)
        answer = link.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{target.path} answered {answer.status}: there is nothing to measure.")
        if number >= 20:  # the first ones warm both workers
            times.append((time.perf_counter() - started) * 1000)
    link.close()
    return sorted(times), body


def load(port: int, target: Target, seconds: float) -> float:
    """Requests per second with CLIENTS clients; 0 when some answers were no pages."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return _python_load(port, target, seconds)
    command = [wrk, "-t1", f"-c{CLIENTS}", f"-d{max(1, round(seconds))}s"]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{target.path}"], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in said:
        return 0
    match = re.search(r"Requests/sec:\s+([\d.]+)", said)
    return float(match[1]) if match else 0


def _python_load(port: int, target: Target, seconds: float) -> float:
    counts, until = [0] * CLIENTS, time.monotonic() + seconds

    def run(place: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until:
            link.request("GET", target.path, headers=target.headers)
            link.getresponse().read()
            counts[place] += 1

    threads = [threading.Thread(target=run, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def measure(pages: list[Target], options: argparse.Namespace) -> None:
    rows: dict[str, list[Any]] = {}
    for page in pages:
        queries, status = count_queries(page)
        rows[page.name] = [queries if status == 200 else f"HTTP {status}"]
    pages = [page for page in pages if isinstance(rows[page.name][0], int)]
    with web_server(0) as port:
        for page in pages:
            times, body = one_client(port, page, options.requests)
            p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
            rate = load(port, page, options.seconds)
            rows[page.name] += [f"{p50:.1f}", f"{p99:.1f}", len(body), len(gzip.compress(body, 6)), f"{rate:.0f}"]
    with web_server(60) as port:
        for page in pages:
            rows[page.name].append("" if page.cookie else f"{load(port, page, options.seconds):.0f}")
    heads = ["page", "queries", "p50 ms", "p99 ms", "bytes", "gzip", "req/s", "req/s cached"]
    print("\n" + "".join(head.rjust(12) if i else head.ljust(24) for i, head in enumerate(heads)))
    for name, values in rows.items():
        print(name.ljust(24) + "".join(str(value).rjust(12) for value in values))
    print(f"\n{MUSTS}")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers are stopped on every way out
    options = arguments()
    home = (options.home or Path(tempfile.mkdtemp(prefix="bisat-bench-"))).resolve()
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    try:
        start_django(home)
        fill(options.catalogue)
        measure([page for page in targets() if options.only in page.name], options)
    finally:
        embedded.stop(home)
        if options.home is None:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
