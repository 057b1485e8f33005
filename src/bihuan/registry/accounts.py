"""Adding people."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from bihuan.errors import NothingDone
from bihuan.registry.audit import record
from bihuan.registry.models import Organisation, Person, Post, Region

NEEDS_UNIT = (Post.Role.HANDLER, Post.Role.ENTERPRISE)


@transaction.atomic
def add_person(
    username: str,
    password: str,
    *,
    name: str,
    role: str,
    region: str,
    region_name: str = "",
    organisation: str = "",
) -> Person:
    """One account with one post. Raises NothingDone with the reason for anything that does not fit."""
    if role not in Post.Role.values:
        raise NothingDone(f"--role {role} is unknown; choose one of {', '.join(Post.Role.values)}")
    if Person.objects.filter(username=username).exists():
        raise NothingDone(f"there is an account {username} already")
    place = Region.objects.filter(pk=region).first()
    if place is None:
        if not region_name:
            raise NothingDone(f"the region {region} is not registered; give its name with --region-name")
        place = Region.objects.create(code=region, name=region_name)
    unit = Organisation.objects.filter(name=organisation).first() if organisation else None
    if (organisation or role in NEEDS_UNIT) and unit is None:
        raise NothingDone(
            f"{role} needs --organisation, the name of a registered unit; {organisation or 'none'} was given"
        )
    person = Person(username=username, full_name=name or username)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise NothingDone(f"the password does not do: {' '.join(error.messages)}") from error
    person.set_password(password)
    person.save()
    Post.objects.create(person=person, role=role, region=place, organisation=unit)
    record(None, "person.add", username, role=role, region=region)
    return person
