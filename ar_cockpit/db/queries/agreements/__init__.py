"""Lists of promises, disputes, plans and proposals: judged, filtered, sorted, summed and paged by the database."""
