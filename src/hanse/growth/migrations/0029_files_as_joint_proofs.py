"""What shows a joint project may be a stored file."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('growth', '0028_deliverables'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='jointproof',
            name='file_id',
        ),
        migrations.AddField(
            model_name='jointproof',
            name='file',
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='growth.storedfile'
            ),
        ),
    ]
