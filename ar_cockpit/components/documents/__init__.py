"""An invoice's document: the cell of a list, and the dialog behind it."""
