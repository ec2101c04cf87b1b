"""The exchange 交换 carries facts between nodes: ordered, signed, receipted, gap-proof."""
