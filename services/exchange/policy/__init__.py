"""Pure rules of the exchange: routing, the chain, the wire, signatures, judging what arrives, timing."""
