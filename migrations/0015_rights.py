"""What erasing may do to ledgers, as a function of the owner's: the processes' role may only add to them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from migrations._sql import run

ERASE = (
    # A person's right to be forgotten: the words go, the fact that there were words stays. Only the words of somebody
    # whose account is gone, and nothing can be put in their place but a title.
    """
    CREATE OR REPLACE FUNCTION erase_proposal_words(
        municipality int, proposal_number bigint, account bigint, title_left text
    ) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM proposal p JOIN account a ON a.municipality_id = p.municipality_id AND a.id = p.author_id
            WHERE p.municipality_id = municipality AND p.id = proposal_number AND p.author_id = account
              AND a.deleted_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'only a deleted account''s words are erased' USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM set_config('samskap.erasing', 'on', true);
        UPDATE proposal_version SET title = title_left, body = ''
        WHERE municipality_id = municipality AND proposal_id = proposal_number;
        UPDATE proposal_transition SET reason = NULL
        WHERE municipality_id = municipality AND proposal_id = proposal_number AND actor_id = account
          AND reason IS NOT NULL;
        -- What staff noted about words that are gone may repeat them.
        UPDATE proposal_note SET body = ''
        WHERE municipality_id = municipality AND proposal_id = proposal_number AND body <> '';
        PERFORM set_config('samskap.erasing', 'off', true);
    END $$;
    """,
    "REVOKE ALL ON FUNCTION erase_proposal_words(int, bigint, bigint, text) FROM PUBLIC",
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0014_search_version_index")]

    operations = [
        # Where a login leads back to; with a search and its filters an address is soon longer than it was let be.
        ops.AlterField(model_name="LoginAttempt", name="return_to", field=fields.CharField(max_length=4000)),
        run(*ERASE),
    ]
