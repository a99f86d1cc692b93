"""The REST API of programs: tokens, batches, lists, figures and webhooks, described by OpenAPI."""
