"""`manage.py people FILE`: people with their groups, from a file. For a first look; later the admin is the place."""

import json
import os
from pathlib import Path

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction


class Command(BaseCommand):
    help = "Adds people and their groups from a JSON file. Whoever is there already stays as they are."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a list of {username, first_name, last_name, email, groups}")
        parser.add_argument("--password-env", required=True, help="the variable with everybody's first password")

    @transaction.atomic
    def handle(self, file, password_env, **options):
        password = os.environ.get(password_env)
        if not password:
            raise CommandError(f"{password_env} is not set")
        try:
            people = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        added = sum(self.add(person, password) for person in people)
        self.stdout.write(f"{added} of {len(people)} added")

    def add(self, person, password):
        names = person.pop("groups", [])
        username = person.pop("username")
        user, new = User.objects.get_or_create(username=username, defaults=person)
        if new:
            user.set_password(password)
            user.save()
            user.groups.set([Group.objects.get_or_create(name=name)[0] for name in names])
        return new
