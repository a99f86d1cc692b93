"""The project's benchmarks: each goal beside the cheapest plain SQL on the same ledger, measured in one run."""
