#!/usr/bin/env python3
"""How many money requests are paid, shipped and released a second, and how long one step takes.

`make bench-money`, or `.venv/bin/python -m bench.money [--seconds 10] [--workers 4] [--only services|sql]`. Starts its
own durable PostgreSQL (every commit is on the disk) and stops it again; the load generator runs on the same cores.
The processor's time a lifecycle is told apart for both sides: it means something on a busy machine too.
Two ways over the same functions and guards: *services* is what pages call, *sql* sends the same statements bare, one
round trip a step. What a worker tells people afterwards is measured by itself. In the end the ledger is reconciled.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent
GOAL = "goal: >= 250 lifecycles/s, p99 of a step < 30 ms"
PEOPLE, CHANNELS, AMOUNT, FEE = 400, 100, 100_00, 5_00
STEPS = ("pay", "ship", "release")


def start_django(home: Path) -> None:
    from core import embedded

    servers = embedded.start(home, durable=True, environment={})
    os.environ |= servers.environment()
    os.environ |= {
        "BISAT_ENV": "development", "BISAT_VAR": str(home), "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    owner = os.environ | {"DATABASE_URL": servers.owner_url}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=owner, cwd=BASE, check=True)
    import django

    django.setup()


def make_people(*, purse: int, people: int = PEOPLE, shops: int = CHANNELS) -> tuple[list[Any], list[Any]]:
    """Buyers with so much money in their wallets, and open channels with an owner each; written in bulk."""
    from django.contrib.auth.hashers import make_password

    from accounts.models import User
    from payments.services.posting import Leg, post
    from sellers.models import Channel, ChannelMember

    def add(name: str, count: int) -> list[User]:
        return User.objects.bulk_create(
            User(email=f"{name}{n}@example.com", password=make_password(None)) for n in range(count)
        )

    buyers, owners = add("buyer", people), add("owner", shops)
    channels = Channel.objects.bulk_create(
        Channel(handle=f"bench_{n}", name="Bench", tagline="-", city="-", market="us", language="en", state="open")
        for n in range(shops)
    )
    members = zip(channels, owners, strict=True)
    ChannelMember.objects.bulk_create(ChannelMember(channel=c, person=p, role="owner") for c, p in members)
    for buyer in buyers:
        legs = [Leg("gateway_clearing", -purse, provider="sandbox"), Leg("wallet", purse, person=buyer.pk)]
        post(key=f"fill-{buyer.pk}", kind="paid", currency="USD", legs=legs)
    return buyers, channels


def fill(requests: int) -> None:
    """People with full wallets, channels, and requests that wait to be paid; the requests are written in bulk."""
    from django.db import connection, transaction

    buyers, channels = make_people(purse=requests * AMOUNT)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO payments_moneyrequest (token, buyer_id, channel_id, origin, title, state, version, terms_version,
                amount_minor, fee_basis_points, fee_minor, refunded_minor, currency, timer, due_at, carrier, tracking,
                created_at)
            SELECT 'bench' || n, (%(buyers)s::bigint[])[1 + n %% %(people)s], (%(channels)s::bigint[])[1 + n %% %(shops)s],
                'seller', 'Pot', 'requested', 1, 1, %(amount)s, 500, %(fee)s, 0, 'USD', 'expire',
                now() + interval '5 days', '', '', now()
            FROM generate_series(1, %(count)s) AS n
            """,
            {
                "buyers": [row.pk for row in buyers], "people": PEOPLE, "channels": [row.pk for row in channels],
                "shops": CHANNELS, "amount": AMOUNT, "fee": FEE, "count": requests,
            },
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO payments_requesttransition (request_id, version, verb, from_state, to_state, who, reason, key, at)"
            " SELECT id, 1, 'request', '', 'requested', 'seller', '', '', now() FROM payments_moneyrequest"
        )
        cursor.execute(
            "INSERT INTO payments_requestversion (request_id, version, line_rows, delivery_minor, discount_minor,"
            " amount_minor, fee_minor, delivery, returns, note, at) SELECT id, 1, %s::jsonb, 0, 0, amount_minor,"
            " fee_minor, '', '', '', now() FROM payments_moneyrequest",
            [json.dumps([{"title": "Pot", "unit_minor": AMOUNT, "quantity": 1}])],
        )


def by_services() -> tuple[Callable[[str, Any], None], int]:
    """Steps as pages take them; and the process that serves them."""
    from django.db import connection

    from payments import services as payments

    def step(verb: str, request: Any) -> None:
        key = f"{verb}-{request.pk}"
        if verb == "pay":
            payments.pay_from_wallet(request=request, by=request.buyer, version=1, key=key)
        elif verb == "ship":
            owner = request.channel.members.all()[0].person
            payments.ship_request(request=request, by=owner, tracking="1Z", key=key)
        else:
            payments.release_request(request=request, by=request.buyer, key=key)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return step, cursor.fetchone()[0]


_CLAIM = "INSERT INTO payments_effect (key, body_hash, result_model, at) VALUES (%s, 'x', '', now())"
_LOCK = "SELECT version, state, amount_minor FROM payments_moneyrequest WHERE id = %s FOR NO KEY UPDATE"
_POST = "SELECT payments_post(%s, %s, %s, %s, 'x', %s, 'USD', %s::jsonb)"
_MOVE = "UPDATE payments_moneyrequest SET state = %s, version = %s, timer = %s, due_at = %s WHERE id = %s"
_NOTE = """
INSERT INTO payments_requesttransition (request_id, version, verb, from_state, to_state, who, by_id, reason, key, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, '', %s, now())
"""


def by_sql() -> tuple[Callable[[str, Any], None], int]:
    """The same statements in the same transactions, sent together."""
    import psycopg

    link = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)
    soon = "2099-01-01"
    moves = {
        "pay": ("requested", "held", 2, "refund_unshipped", soon),
        "ship": ("held", "shipped", 3, "auto_release", soon),
        "release": ("shipped", "released", 4, "", None),
    }

    def legs(verb: str, request: Any) -> str:
        if verb == "pay":
            rows = [
                {"kind": "wallet", "person": request.buyer_id, "amount": -AMOUNT},
                {"kind": "escrow", "amount": AMOUNT},
            ]
        else:
            rows = [
                {"kind": "escrow", "amount": -AMOUNT},
                {"kind": "seller_payable", "channel": request.channel_id, "amount": AMOUNT - FEE},
                {"kind": "fee_income", "amount": FEE},
            ]
        return json.dumps(rows)

    def step(verb: str, request: Any) -> None:
        before, after, version, timer, due = moves[verb]
        key = f"{verb}-{request.pk}"
        with link.pipeline(), link.transaction():
            link.execute(_CLAIM, [key])
            link.execute(_LOCK, [request.pk])
            if verb != "ship":
                link.execute(_POST, [key, "other", request.pk, version, request.buyer_id, legs(verb, request)])
            link.execute(_MOVE, [after, version, timer, due, request.pk])
            link.execute(_NOTE, [request.pk, version, verb, before, after, "buyer", request.buyer_id, key])

    return step, link.info.backend_pid


def seconds_of(pid: int) -> float:
    """Processor time of a process so far; 0 where the system does not say."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def work(way: str, number: int, workers: int, bounds: tuple[int, int], seconds: float, answers: Any) -> None:
    """One worker: takes its share of the requests through their life until the time is over."""
    import django

    django.setup()
    from payments.models import MoneyRequest

    step, backend = {"services": by_services, "sql": by_sql}[way]()
    mine = MoneyRequest.objects.filter(pk__gte=bounds[0], pk__lt=bounds[1]).order_by("pk")
    mine = mine.select_related("buyer", "channel").prefetch_related("channel__members__person")
    requests = [request for request in mine if request.pk % workers == number]
    times: list[float] = []
    lives = 0
    began, here, there = time.perf_counter(), time.process_time(), seconds_of(backend)
    for request in requests:
        for verb in STEPS:
            before = time.perf_counter()
            step(verb, request)
            times.append(time.perf_counter() - before)
        lives += 1
        if time.perf_counter() > began + seconds:
            break
    took = time.perf_counter() - began
    answers.put((lives, times, took, time.process_time() - here, seconds_of(backend) - there))


def measure(way: str, bounds: tuple[int, int], workers: int, seconds: float) -> str:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    running = [
        context.Process(target=work, args=(way, number, workers, bounds, seconds, answers)) for number in range(workers)
    ]
    for process in running:
        process.start()
    results: list[tuple[int, list[float], float, float, float]] = [answers.get() for _process in running]
    for process in running:
        process.join()
    times = sorted(moment for result in results for moment in result[1])
    rate = sum(lives / took for lives, _times, took, _here, _there in results)
    lives = sum(result[0] for result in results)
    here = sum(result[3] for result in results) * 1000 / lives
    there = sum(result[4] for result in results) * 1000 / lives
    p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
    return (
        f"{way:9} {rate:5.0f} lifecycles/s, step p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
        f"processor a lifecycle: {here:.1f} ms program, {there:.1f} ms database"
    )


def tell(seconds: float) -> str:
    """What a worker does after the steps (the thread's notice, news to both sides), by itself and for so long at most."""
    from django.db import connection

    from core import outbox

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    began, here, there = time.perf_counter(), time.process_time(), seconds_of(backend)
    told = outbox.deliver_due(topic="payments.transition", seconds=seconds)
    rate, each = told / (time.perf_counter() - began), 1000 / max(told, 1)
    here, there = (time.process_time() - here) * each, (seconds_of(backend) - there) * each
    return f"{'telling':9} {rate:5.0f} steps/s by one worker, processor each: {here:.1f} ms program, {there:.1f} ms database"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--requests", type=int, default=20_000, help="that wait to be paid")
    parser.add_argument("--only", choices=["services", "sql"])
    parser.add_argument("--http", action="store_true", help="paid requests through the web server instead")
    options = parser.parse_args()
    from core import embedded

    home = Path(tempfile.mkdtemp(prefix="bisat-bench-"))
    home.chmod(0o755)  # PostgreSQL may run as another user
    try:
        start_django(home)
        if options.http:
            from bench.money_http import measure as measure_http

            return measure_http(options.requests, options.seconds)
        fill(options.requests)
        from payments import services as payments
        from payments.models import MoneyRequest

        first = MoneyRequest.objects.order_by("pk").values_list("pk", flat=True)[0]
        middle, last = first + options.requests // 3, first + options.requests
        for way, bounds in (("services", (first, middle)), ("sql", (middle, last))):
            if options.only in (None, way):
                print(measure(way, bounds, options.workers, options.seconds), flush=True)
        if options.only != "sql":
            print(tell(options.seconds))
        report = payments.reconcile()
        print(f"{report.checks} checks, {len(report.drifts)} drift; load average {os.getloadavg()[0]:.1f}; {GOAL}")
        return 0 if report.is_clean else 1
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
