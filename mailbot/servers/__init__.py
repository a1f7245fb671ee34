"""The only places that talk to mail servers: reading by IMAP, sending by SMTP, and what their answers mean."""
