"""What services need of a store, as Protocols; `hearth_server.store` satisfies them."""
