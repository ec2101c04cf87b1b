"""What the exchange does unasked: carry links, put due files on the road, watch states, carry erasures out."""

from services.exchange.workers.erasing import carry_out_erasures
from services.exchange.workers.files import dispatch_due_files
from services.exchange.workers.keeper import carry_links
from services.exchange.workers.watch import read_gauges, watch_links

__all__ = ["WORKERS", "read_gauges"]

WORKERS = (carry_links, dispatch_due_files, watch_links, carry_out_erasures)
