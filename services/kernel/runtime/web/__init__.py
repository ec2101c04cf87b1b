"""The HTTP edge: permission first, the transaction of a route, identity, limits, errors, downloads."""
