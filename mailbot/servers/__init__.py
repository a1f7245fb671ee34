"""Talks to mail servers: reads by IMAP, sends by SMTP, and interprets their answers. Nothing else does."""
