"""What is done with a customer itself: contacts, notes, files, terms, archiving and merging."""
