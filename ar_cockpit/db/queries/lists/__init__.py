"""Documents and customers, filtered, sorted and paged."""
