-- What is recorded stays recorded: an event of a case and a line of a register's history are only ever added.
-- Erasing a person destroys the person's key and touches neither table.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE ON "case_event" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER register_history_append_only BEFORE UPDATE OR DELETE ON "register_history" FOR EACH ROW EXECUTE FUNCTION refuse_change();
