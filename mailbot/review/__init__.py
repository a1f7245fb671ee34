"""People decide: what waits is settled on the command line, or by answering the letter that asks."""

from mailbot.review.by_mail import obey, order_of
from mailbot.review.settling import ask, settle, waiting_cases

__all__ = ["ask", "obey", "order_of", "settle", "waiting_cases"]
