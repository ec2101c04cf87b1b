"""Tests: unit, contract, integration, journeys, faults, architecture, bench; what they share is in support."""
