"""What `mailbot demo` brings: mail servers, an invented district, and the mails of its units."""
