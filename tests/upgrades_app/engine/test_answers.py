"""Answers come from forms and go into records."""

from upgrades_app.engine.inputs.planning_input import Answers

FORM = {
    "conflict:components.web.env.WORKERS": "theirs",
    "conflict:components.web.image": "perhaps",
    "removed:redis": "keep",
    "value:REGION": "eu",
    "secret:TOKEN": "s3cret",
    "secret:EMPTY": "",
    "volume:cache": "remove",
    "volume:data": "keep",
    "risk:db": "accept",
    "drift:web": "revert",
    "csrfmiddlewaretoken": "x",
}


def test_a_form_is_read_by_the_names_of_its_questions() -> None:
    assert Answers.parse(FORM, only=frozenset({"web"})) == Answers(
        conflicts={"components.web.env.WORKERS": "theirs"},
        removed={"redis": "keep"},
        only=frozenset({"web"}),
        values={"REGION": "eu"},
        secrets={"TOKEN": "s3cret"},
        remove_volumes=frozenset({"cache"}),
        accept_data_risk=frozenset({"db"}),
        drift={"web": "revert"},
    )


def test_a_record_keeps_them_without_the_secrets() -> None:
    answers = Answers.parse(FORM, only=frozenset({"web"}))
    stored = answers.as_json()

    assert "s3cret" not in str(stored)
    assert "s3cret" not in repr(answers)
    assert Answers.from_json(stored, {"TOKEN": "s3cret"}) == answers
    assert Answers.from_json(Answers(accept_data_risk=True).as_json()) == Answers(accept_data_risk=True)
