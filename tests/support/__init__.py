"""Helpers that several folders of tests share: mails, tables, a small world around the flows, and mail servers."""
