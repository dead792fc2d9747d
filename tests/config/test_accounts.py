import pytest

from config.accounts.models import Team


@pytest.mark.django_db
def test_team_default_is_there_from_the_first_migration_on() -> None:
    assert Team.objects.filter(slug="default").exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_there_again_after_tests_that_commit() -> None:
    assert Team.objects.filter(slug="default").exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_there_again_after_tests_that_commitx() -> None:
    assert Team.objects.filter(slug="default").exists()
