"""A daemon that takes in the tables which organisations mail to one mailbox, and answers them."""

__version__ = "0.1.0"
