"""What was handed in and is not decided is found without reading the rest."""

from tortoise import migrations

from migrations._sql import index, run


class Migration(migrations.Migration):
    dependencies = [("samskap", "0019_comments_below_any_content")]

    initial = False

    operations = [
        run(
            index(
                "proposal_submitted_idx",
                "ON proposal (municipality_id, submitted_at) WHERE state = 'submitted'",
            ),
            index(
                "comment_submitted_idx", "ON comment (municipality_id, created_at) WHERE state = 'submitted'"
            ),
        )
    ]
