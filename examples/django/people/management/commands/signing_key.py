"""`manage.py signing_key`: the RSA key that ID tokens are signed with, made once."""

import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Makes the key that ID tokens are signed with, unless there is one."

    def handle(self, **options):
        if settings.SIGNING_KEY.exists():
            self.stdout.write(f"{settings.SIGNING_KEY} is there already")
            return
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # Nobody else may read it, not even for a moment.
        with os.fdopen(os.open(settings.SIGNING_KEY, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(text)
        self.stdout.write(f"made {settings.SIGNING_KEY}")
