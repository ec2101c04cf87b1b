"""The long run: three nodes in steady use, whose tasks, descriptors, sockets, threads and memory must stay flat."""
