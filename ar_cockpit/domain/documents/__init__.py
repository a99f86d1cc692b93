"""What a document is: which files are taken, and which invoice a file's name means."""
