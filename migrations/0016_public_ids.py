"""What others know an account by: drawn at random, and anew whenever the name changes and when the account is deleted."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import SqlDefault
from tortoise.migrations import operations as ops

from migrations._sql import check, index, run

# From 2^56 up, so that no id from before, which counted accounts, is ever drawn; below 10^18, for addresses have up to
# 18 digits. SHA-256, since a UUID has fixed bits.
RANDOM = """
    CREATE OR REPLACE FUNCTION random_public_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
        SELECT ('x' || substr(encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'), 1, 14))::bit(56)::bigint
            | (1::bigint << 56)
    $$"""
RENEWED = (
    check("account", "public_id", "public_id >= 72057594037927936"),
    index("account_public_id_key", 'ON "account" (municipality_id, public_id)', unique=True),
    # Here, so that no way of changing a name can forget it; nor can the version before.
    """
    CREATE OR REPLACE FUNCTION renew_public_id() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.public_id := random_public_id();
        RETURN NEW;
    END $$""",
    "DROP TRIGGER IF EXISTS account_public_id ON account",
    "CREATE TRIGGER account_public_id BEFORE UPDATE OF display_name, deleted_at ON account FOR EACH ROW "
    "WHEN (OLD.display_name <> NEW.display_name OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) "
    "EXECUTE FUNCTION renew_public_id()",
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0015_rights")]

    initial = False

    operations = [
        run(RANDOM),
        ops.AddField(
            model_name="Account",
            name="public_id",
            field=fields.BigIntField(db_default=SqlDefault("random_public_id()")),
        ),
        run(*RENEWED),
    ]
