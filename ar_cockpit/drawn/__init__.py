"""What charts show, in the reader's words: from services' figures to specifications, for screens, files and mails."""
