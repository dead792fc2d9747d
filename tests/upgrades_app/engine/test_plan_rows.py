"""What the comparison says of what stays here: with what the other side has in its place."""

from templates_app.appspec.schema.model import AppSpec
from tests.specs import WEB_AND_DB, changed
from tests.upgrades_app.engine.stories import PASSWORD, planned, upgrade
from tests.upgrades_app.engine.test_plan_rollback import rollback
from upgrades_app.engine.inputs.plan_rows import FieldRow
from upgrades_app.engine.inputs.planning_input import Answers, Side, Situation
from upgrades_app.engine.planning.plan import Plan, told

WEB_ENV = WEB_AND_DB.components["web"].env
WORKERS = WEB_AND_DB.parameters["WORKERS"]


def default(spec: AppSpec, name: str, **more: object) -> AppSpec:
    parameter = spec.parameters[name].model_copy(update=more)
    return spec.model_copy(update={"parameters": {**spec.parameters, name: parameter}})


def rows(plan: Plan, key: str) -> dict[str, FieldRow]:
    (component,) = [row for row in plan.components if row.key == key]
    return {row.label: row for row in component.fields}


def parameters(situation: Situation) -> list[str]:
    return [row.sentence() for row in planned(situation).parameters]


def test_a_literal_image_over_a_moved_parameter_is_shown_with_the_templates() -> None:
    hotfix = changed(WEB_AND_DB, "web", image="shop/web:1.0-hotfix")
    plan = planned(upgrade(WEB_AND_DB, default(WEB_AND_DB, "WEB_IMAGE", default="shop/web:1.1"), hotfix))
    image = rows(plan, "web")["image"]
    assert (image.symbol, image.after, image.source) == ("=", "shop/web:1.0-hotfix", "yours, kept"), told(plan)
    assert image.template_value == "shop/web:1.1"
    assert image.sentence() == "image shop/web:1.0-hotfix (yours, kept; the template has shop/web:1.1)"


def test_so_it_is_while_the_image_was_never_applied() -> None:
    hotfix = Side(changed(WEB_AND_DB, "web", image="shop/web:1.0-hotfix"), secrets=PASSWORD)
    applied = Side(WEB_AND_DB, secrets=PASSWORD)
    theirs = default(WEB_AND_DB, "WEB_IMAGE", default="shop/web:1.1")
    plan = planned(upgrade(WEB_AND_DB, theirs, desired=hotfix, applied=applied))
    image = rows(plan, "web")["image"]
    assert image.sentence() == (
        "image shop/web:1.0 → shop/web:1.0-hotfix (yours, not applied yet; the template has shop/web:1.1)"
    ), told(plan)


def test_what_the_template_never_had_is_shown_alone() -> None:
    own = changed(WEB_AND_DB, "web", env={**WEB_ENV, "LOG_LEVEL": "debug"})
    plan = planned(upgrade(WEB_AND_DB, default(WEB_AND_DB, "WEB_IMAGE", default="shop/web:1.1"), own))
    assert rows(plan, "web")["env LOG_LEVEL"].template_value is None, told(plan)


def test_what_was_taken_out_here_is_shown_with_what_the_template_keeps() -> None:
    own = changed(WEB_AND_DB, "web", env={name: item for name, item in WEB_ENV.items() if name != "OLD_CACHE_DIR"})
    plan = planned(upgrade(WEB_AND_DB, default(WEB_AND_DB, "WEB_IMAGE", default="shop/web:1.1"), own))
    row = rows(plan, "web")["env OLD_CACHE_DIR"]
    assert row.sentence() == "env OLD_CACHE_DIR left out (yours, kept; the template has /var/cache/shop)", told(plan)


def test_an_open_conflict_shows_both() -> None:
    ours = changed(WEB_AND_DB, "web", env={**WEB_ENV, "OLD_CACHE_DIR": "/mine"})
    theirs = changed(WEB_AND_DB, "web", env={**WEB_ENV, "OLD_CACHE_DIR": "/theirs"})
    row = rows(planned(upgrade(WEB_AND_DB, theirs, ours)), "web")["env OLD_CACHE_DIR"]
    assert (row.after, row.source, row.template_value) == ("/mine", "not decided", "/theirs")


def test_the_content_of_a_secret_file_is_shown_on_neither_side() -> None:
    def with_key(content: str) -> AppSpec:
        return changed(WEB_AND_DB, "web", config_files={"/key": {"content": content, "secret": True}})

    planning_input = upgrade(with_key("one"), with_key("their key"), with_key("my key"))
    for choice in ("ours", "theirs"):
        plan = planned(planning_input.answered(Answers(conflicts={"components.web.config_files./key.content": choice})))
        assert not plan.open_questions, told(plan)
        assert "key" not in " ".join(row.sentence().removeprefix(row.label) for row in rows(plan, "web").values())


def test_a_value_that_goes_with_its_parameter_is_a_row() -> None:
    theirs = WEB_AND_DB.model_copy(
        update={
            "parameters": {name: parameter for name, parameter in WEB_AND_DB.parameters.items() if name != "WORKERS"}
        }
    )
    theirs = changed(theirs, "web", env={**WEB_ENV, "WORKERS": "4"})
    set_here = Side(WEB_AND_DB, {"WORKERS": "8"}, PASSWORD)
    removed = ["WORKERS removed (yours, and the template has none any more)"]
    assert parameters(upgrade(WEB_AND_DB, theirs, desired=set_here, applied=set_here)) == removed
    never_applied = Side(WEB_AND_DB, secrets=PASSWORD)
    assert parameters(upgrade(WEB_AND_DB, theirs, desired=set_here, applied=never_applied)) == removed


def test_a_secret_that_goes_with_its_parameter_is_a_row_of_dots() -> None:
    theirs = WEB_AND_DB.model_copy(
        update={
            "parameters": {
                name: parameter for name, parameter in WEB_AND_DB.parameters.items() if name != "DB_PASSWORD"
            }
        }
    )
    theirs = changed(theirs, "web", env={"WORKERS": "${WORKERS}"})
    theirs = changed(theirs, "db", env={})
    (row,) = planned(upgrade(WEB_AND_DB, theirs)).parameters
    assert (row.symbol, row.before, row.secret) == ("−", "••••••", True)


def test_a_value_that_comes_back_is_as_it_was_before() -> None:
    before, after = Side(WEB_AND_DB, {"WORKERS": "8"}, PASSWORD), Side(WEB_AND_DB, {}, PASSWORD)
    assert parameters(rollback(after, after, before)) == ["WORKERS 2 → 8 (as it was before)"]


def test_a_default_that_comes_back_is_as_it_was_before() -> None:
    newer = Side(default(WEB_AND_DB, "WORKERS", default="4"), {}, PASSWORD)
    assert parameters(rollback(newer, newer, Side(WEB_AND_DB, {}, PASSWORD))) == ["WORKERS 4 → 2 (as it was before)"]


def test_a_value_of_ones_own_that_waits_is_not_kept_but_pending() -> None:
    desired, applied = Side(WEB_AND_DB, {"WORKERS": "8"}, PASSWORD), Side(WEB_AND_DB, {}, PASSWORD)
    data = parameters(upgrade(WEB_AND_DB, WEB_AND_DB, desired=desired, applied=applied))
    assert data == ["WORKERS 2 → 8 (yours, not applied yet; the template has 2)"]


def test_a_question_says_each_side_in_the_words_of_its_own_parameters() -> None:
    hotfix = changed(WEB_AND_DB, "web", image="shop/web:1.0-hotfix")
    moved = default(WEB_AND_DB, "WEB_IMAGE", default="shop/web:1.1")
    (question,) = planned(upgrade(WEB_AND_DB, changed(moved, "web", image="${WEB_IMAGE}-slim"), hotfix)).open_questions
    assert question.sentence == "web image: shop/web:1.0-hotfix (yours) or shop/web:1.1-slim (the template's)?"
    assert question.detail == "it was shop/web:1.0"


WEB = WEB_AND_DB.components["web"]


def with_web(**fields: object) -> AppSpec:
    return changed(WEB_AND_DB, "web", **fields)


def test_what_has_no_text_of_its_own_is_said_by_what_it_is() -> None:
    """A dependency or a published port that was left out here: "the template has" must be followed by something."""
    theirs = with_web(ports={"80/tcp": {"18092": {}}}, depends_on={"db": {}})
    plan = planned(
        upgrade(theirs, changed(theirs, "web", image="shop/web:2"), with_web(ports={"80/tcp": {}}, depends_on={}))
    )
    data = [row.where for row in rows(plan, "web").values() if row.where.startswith("yours")]
    assert sorted(data) == ["yours, kept; the template publishes 18092", "yours, kept; the template waits for db"]


def test_how_it_waits_is_said_too() -> None:
    theirs = with_web(depends_on={"db": {"condition": "healthy"}})
    plan = planned(upgrade(theirs, changed(theirs, "web", image="shop/web:2"), with_web(depends_on={})))
    (text,) = [row.where for row in rows(plan, "web").values() if row.where.startswith("yours")]
    assert text == "yours, kept; the template waits for db, healthy"


def test_a_dependency_that_comes_reads_as_at_publish() -> None:
    plan = planned(upgrade(with_web(depends_on={}), with_web(depends_on={"db": {}})))
    (row,) = [row for row in rows(plan, "web").values() if row.path[2:] == ("depends_on", "db")]
    assert (row.before, row.after) == (None, "started")
    assert row.sentence() == "depends on db added: started (from the template)"
