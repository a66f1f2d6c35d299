"""Which version of the program made the search words of a proposal, so that an upgrade can make them anew."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("samskap", "0012_identity")]
    initial = False
    operations = [
        ops.AddField(
            model_name="Proposal",
            name="search_version",
            field=fields.SmallIntField(db_default=0),
        ),
    ]
