"""An index over words in their month, so that the newest with any word are found without sorting all that have it."""

from tortoise import migrations

from migrations._sql import index, run

PUBLIC = "state IN ('published', 'assessment', 'answered', 'under_way', 'done')"

# As a difference of times it depends on no time zone, as an index must not.
MONTH = """
    CREATE OR REPLACE FUNCTION month_number(at timestamptz) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT floor(extract(epoch FROM at - timestamptz '1970-01-01 00:00:00+00') / 2629800)::int
    $$;
"""
# So costly that it is read from the index and never computed for rows in passing.
WORDS = """
    CREATE OR REPLACE FUNCTION words_by_month(words tsvector, at timestamptz) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
        SELECT array_to_tsvector(array_agg(
            floor(extract(epoch FROM at - timestamptz '1970-01-01 00:00:00+00') / 2629800)::int || ':' || word))
        FROM unnest(tsvector_to_array(words)) AS word
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("samskap", "0006_proposal_activity")]

    initial = False

    operations = [
        run(MONTH, WORDS),
        # Entries that wait to be sorted in would be read through for each month.
        run(
            index(
                "proposal_words_by_month_idx",
                "ON proposal USING gin (words_by_month(search, published_at)) "
                f"WITH (fastupdate = off) WHERE {PUBLIC}",
            )
        ),
    ]
