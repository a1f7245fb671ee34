"""What `mailbot demo` shows the whole system with: mail servers of its own, an invented district and its mail."""
