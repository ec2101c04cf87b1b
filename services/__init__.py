"""上达: the services of one node, and the kernel they stand on."""
