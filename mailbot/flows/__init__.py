"""The story, one flow a file: mail is collected, judged and answered; units are reminded; staff are told."""
