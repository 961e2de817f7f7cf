"""The composition root. Loading the Celery application here lets every process publish tasks."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
