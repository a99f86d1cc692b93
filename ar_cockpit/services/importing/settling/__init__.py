"""What an open-items export lets one suppose: invoices it no longer lists are settled, if a person says so."""
