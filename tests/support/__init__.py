"""What tests of several folders use: real servers, and the ways to drive a node."""
