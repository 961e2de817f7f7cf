"""Requests paid a second through HTTP: many buyers, each in a session of her own, pay from their wallets.

Called by `bench.money --http`: granian with two workers, the load from threads of this process on the same cores. No
worker runs meanwhile; what it has to do afterwards is measured by itself.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.money import BASE, fill, seconds_of, tell
from bench.pages import session_of, web_server

GOAL = "goal: >= 60 paid requests/s, p95 < 300 ms"
CLIENTS = 8
CSRF = "bench" + "0" * 27  # as long as a token


def body_of() -> bytes:
    """The form of the pay page, sent once."""
    return urlencode({"csrfmiddlewaretoken": CSRF, "key": uuid.uuid4(), "version": 1, "way": "wallet"}).encode()


class Client(threading.Thread):
    """Pays its share of the requests one after the other; ``times`` in seconds, ``refused`` the other answers."""

    def __init__(self, port: int, share: list[tuple[str, str]], until: float) -> None:
        super().__init__()
        self.port, self.share, self.until = port, share, until
        self.times: list[float] = []
        self.refused: list[str] = []

    def run(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for token, session in self.share:
            if time.perf_counter() > self.until:
                break
            cookies = f"{session}; csrftoken={CSRF}"
            headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
            began = time.perf_counter()
            link.request("POST", f"/requests/{token}/pay/", body_of(), headers)
            answer = link.getresponse()
            answer.read()
            self.times.append(time.perf_counter() - began)
            if (answer.status, answer.headers["Location"]) != (302, f"/requests/{token}/"):
                self.refused.append(f"{answer.status} {answer.headers['Location']}")
        link.close()


def web_seconds(pid: int | None = None) -> float:
    """Processor time so far of the servers this process started and of their workers."""
    pid = pid or os.getpid()
    children = Path(f"/proc/{pid}/task/{pid}/children")
    pids = map(int, children.read_text().split()) if children.exists() else ()
    return sum(seconds_of(child) + web_seconds(child) for child in pids)


def load(port: int, waiting: list[tuple[str, str]], seconds: float) -> tuple[float, list[float], list[str]]:
    """Paid requests a second, the sorted times, and what else was answered."""
    began = time.perf_counter()
    clients = [Client(port, waiting[number::CLIENTS], began + seconds) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    took = time.perf_counter() - began
    times = sorted(moment for client in clients for moment in client.times)
    refused = [answer for client in clients for answer in client.refused]
    return (len(times) - len(refused)) / took, times, refused


def measure(requests: int, seconds: float) -> int:
    """Fills the market, pays, prints; the exit code."""
    from django.db import connection

    from payments import services as payments
    from payments.models import MoneyRequest

    fill(requests)
    os.environ |= {"DATABASE_POOLED": "1", "SITE_URL": "http://127.0.0.1:8000"}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=BASE, check=True)
    rows = [(row.token, str(row.buyer.email)) for row in MoneyRequest.objects.select_related("buyer").order_by("pk")]
    sessions = {email: session_of(email) for email in {email for _token, email in rows}}
    waiting = [(token, sessions[email]) for token, email in rows]
    with web_server(page_seconds=0) as port:
        load(port, waiting[:200], seconds)  # both workers are warm
        before = web_seconds()
        rate, times, refused = load(port, waiting[200:], seconds)
        busy = (web_seconds() - before) * 1000 / len(times)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size: Any = cursor.fetchone()[0]
    held, telling = MoneyRequest.objects.filter(state="held").count(), tell(seconds)
    p50, p95, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95, 0.99))
    print(
        f"http      {rate:5.0f} paid requests/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, program {busy:.1f} ms each"
    )
    print(f"{len(times)} sent, {held} held, {len(refused)} refused {refused[:3]}; {requests} requests, {size}")
    print(telling)
    report = payments.reconcile()
    print(f"{report.checks} checks, {len(report.drifts)} drift; load average {os.getloadavg()[0]:.1f}; {GOAL}")
    return int(bool(refused) or not report.is_clean)
