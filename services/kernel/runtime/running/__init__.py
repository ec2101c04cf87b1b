"""A process of a node and a service in it: what runs, how it serves and whether it is well."""
