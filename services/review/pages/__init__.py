"""HTML: the queue, the reviewer's and signer's desks, issues, forwards and instructions."""

ROUTERS = ()
