from django.db import migrations

ENDED = "'succeeded', 'partially_upgraded', 'failed', 'aborted', 'rolled_back', 'rollback_failed'"

RESEALED = "'values_before', 'values_after'"
LINKS = "'application_id', 'from_version_id', 'to_version_id', 'parent_id', 'created_by_id'"

FORWARD = f"""
CREATE FUNCTION upgrades_app_record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ({ENDED}) AND (
        to_jsonb(NEW) - ARRAY[{LINKS}, {RESEALED}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{LINKS}, {RESEALED}]
    ) THEN
        RAISE EXCEPTION 'record % has ended and cannot be altered', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER upgrades_app_record_frozen BEFORE UPDATE ON upgrades_app_upgraderecord
FOR EACH ROW EXECUTE FUNCTION upgrades_app_record_refuse();

CREATE FUNCTION upgrades_app_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'upgrade events are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER upgrades_app_event_append_only BEFORE UPDATE ON upgrades_app_upgradeevent
FOR EACH ROW EXECUTE FUNCTION upgrades_app_event_refuse();
"""
BACKWARD = """
DROP TRIGGER upgrades_app_event_append_only ON upgrades_app_upgradeevent;
DROP FUNCTION upgrades_app_event_refuse();
DROP TRIGGER upgrades_app_record_frozen ON upgrades_app_upgraderecord;
DROP FUNCTION upgrades_app_record_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("upgrades_app", "0001_upgrade_records")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
