"""Letters: what `decide` has to say becomes a mail, by templates, with pictures where a digest has figures."""
