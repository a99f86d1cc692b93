"""Questions about credit: what a standing is judged by beside the ledger, limits, orders, exposure."""
