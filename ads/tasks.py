"""Work of ads done behind the scenes; every task may run twice."""

from celery import shared_task

from ads import services as ads


@shared_task(name="ads.charge")
def charge() -> None:
    """All that waits, a batch after the other."""
    for pk in ads.get_waiting():
        while ads.charge_clicks(campaign_id=pk):
            pass


@shared_task(name="ads.look_for_money")
def look_for_money() -> None:
    ads.look_for_money()


@shared_task(name="ads.end_past")
def end_past() -> None:
    ads.end_past()


@shared_task(name="ads.review_changed")
def review_changed() -> None:
    ads.review_changed()


@shared_task(name="ads.renew_audiences")
def renew_audiences(after: int = 0) -> None:
    if (last := ads.renew_audiences(after=after)) is not None:
        renew_audiences.delay(last)


@shared_task(name="ads.roll_up")
def roll_up() -> None:
    ads.roll_up()


@shared_task(name="ads.measure_lifts")
def measure_lifts(after: int = 0) -> None:
    if (last := ads.measure_lifts(after=after)) is not None:
        measure_lifts.delay(last)


@shared_task(name="ads.prune")
def prune() -> None:
    ads.prune()


@shared_task(name="ads.run_due")
def run_due() -> None:
    ads.run_due()


@shared_task(name="ads.sweep_checkouts")
def sweep_checkouts() -> None:
    ads.sweep_checkouts()


@shared_task(name="ads.refund_ended")
def refund_ended() -> None:
    ads.refund_ended()


@shared_task(name="ads.reconcile")
def reconcile() -> None:
    ads.reconcile()
