"""The page of segments and cadences: the policy's draft as it is edited, and what it would do."""
