"""How lines of before their places were told are placed, once, when a database is upgraded."""

PLACE_OLDER_LINES = """
UPDATE {table} SET ordinal = placed.ordinal FROM (
    SELECT id, row_number() OVER (PARTITION BY origin_id ORDER BY reached, id)
        - count(*) OVER (PARTITION BY origin_id) - 1 AS ordinal
    FROM (
        SELECT id, origin_id, max(rank) OVER (
            PARTITION BY origin_id, hop, version, node, type = 'submission.delivered' ORDER BY id
        ) AS reached
        FROM {table}
    ) AS told
) AS placed WHERE placed.id = {table}.id
"""
"""What a node told of one hop and version keeps the order in which it came; between nodes the rank decides.

The numbers are below 0, so that whatever is told from now on stands after them.
"""
