"""The demo: three nodes of three levels on this machine, a made-up world, and the story told on them."""
