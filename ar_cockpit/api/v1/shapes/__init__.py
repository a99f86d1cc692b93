"""The shapes of what is given to the API and told by it, as the OpenAPI document describes them."""
