"""Lists, search and exports within an actor's rights."""
