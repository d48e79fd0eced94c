-- The second wall. What the API reads for a person it reads as `traektoria_reader`, a role that owns nothing and bypasses nothing, and
-- row security lets through only rows of his territory and rows that concern himself. The first wall is the conditions of the queries
-- (api/visibility.ts); a query that forgets them meets this one. Writes and machine work keep the role they connect as.
--
-- A table that is not granted here cannot be read for a person at all: a new table needs a grant, and a policy if its rows belong to
-- somebody (test/api/wall.test.ts names the tables that wait for one).

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'traektoria_reader') THEN
    BEGIN
      CREATE ROLE traektoria_reader NOLOGIN NOINHERIT NOBYPASSRLS;
    EXCEPTION
      -- Another database of the same server is being prepared just now.
      WHEN duplicate_object OR unique_violation THEN NULL;
      WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'role traektoria_reader is missing and % may not create it', current_user
          USING HINT = format('As a superuser: CREATE ROLE traektoria_reader NOLOGIN NOINHERIT; GRANT traektoria_reader TO %I;', current_user);
    END;
  END IF;
  IF NOT pg_has_role(current_user, 'traektoria_reader', 'SET') THEN
    EXECUTE format('GRANT traektoria_reader TO %I', current_user);
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO traektoria_reader', current_schema());
END
$$;

-- ── Who asks ──────────────────────────────────────────────────────────────────
-- `withViewer` sets these for one transaction (set_config(..., true)). Nothing set means nobody, and nobody sees only what is public.

CREATE FUNCTION wall_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('app.person_id', true), '')::uuid
$$;

CREATE FUNCTION wall_list(name text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(nullif(current_setting(name, true), ''), '{}')::text[]
$$;

CREATE FUNCTION wall_flag(name text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting(name, true) = 'on', false)
$$;

-- Does the case concern the viewer himself, wherever it is: he is one of its people, holds or held a task in it or an office that does,
-- hears it in a commission, oversees its school, or was written to about it? Runs with the rights of the owner, so that policies of two
-- tables need not ask each other.
CREATE FUNCTION wall_concerns(kase uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER COST 5000 SET search_path FROM CURRENT AS $$
DECLARE
  person uuid := wall_person();
  held text[];
BEGIN
  IF person IS NULL THEN
    RETURN false;
  END IF;
  -- One small question after another, the likeliest first: together they would be one large plan that is made ready for every row.
  PERFORM FROM task t WHERE t.case_id = kase AND t.assignee_id = person LIMIT 1;
  IF FOUND THEN RETURN true; END IF;
  PERFORM FROM case_participant p WHERE p.case_id = kase AND p.person_id = person LIMIT 1;
  IF FOUND THEN RETURN true; END IF;
  held := wall_list('app.offices');
  IF cardinality(held) > 0 THEN
    PERFORM FROM task t WHERE t.case_id = kase AND t.nature = 'office'
      AND (t.role || '|' || t.scope_kind || '|' || coalesce(t.scope_id, '') = ANY (held) OR t.role || '|country|' = ANY (held)) LIMIT 1;
    IF FOUND THEN RETURN true; END IF;
  END IF;
  PERFORM FROM notice n WHERE n.case_id = kase AND n.addressee_id = person LIMIT 1;
  IF FOUND THEN RETURN true; END IF;
  PERFORM FROM case_participant p JOIN "case" s ON s.id = p.case_id AND s.process = 'commission-sitting'
    WHERE p.person_id = person AND s.state->'items' @> jsonb_build_array(jsonb_build_object('caseId', kase)) LIMIT 1;
  IF FOUND THEN RETURN true; END IF;
  held := wall_list('app.bodies');
  IF cardinality(held) > 0 THEN
    PERFORM FROM "case" c WHERE c.id = kase AND c.process = ANY (wall_list('app.overseen_processes'))
      AND (c.state->'place'->>'authorityId' = ANY (held) OR c.state->'place'->>'cnppmId' = ANY (held));
    RETURN FOUND;
  END IF;
  RETURN false;
END
$$;

REVOKE EXECUTE ON FUNCTION wall_concerns(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wall_concerns(uuid) TO traektoria_reader;

-- How much an expert carries is a number everywhere, whosever tasks they are.
CREATE FUNCTION wall_open_tasks(person uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER COST 500 SET search_path FROM CURRENT AS $$
  SELECT count(*)::int FROM task t WHERE t.assignee_id = person AND t.open
$$;

REVOKE EXECUTE ON FUNCTION wall_open_tasks(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wall_open_tasks(uuid) TO traektoria_reader;

-- ── Read by everybody who is signed in: directories, policies, keys that are sealed themselves ────

GRANT SELECT ON region, jurisdiction, organisation, person, person_key, employment, role_assignment, relation, expert, legal_act,
  policy_version, calendar_version, reference_record, dev_mail TO traektoria_reader;
-- The contents of documents are read through the document store alone.
GRANT SELECT (sha256, kind, mime, size, name, created_at) ON document TO traektoria_reader;

-- Where a policy asks for the case of a row it does so by a subquery that gives a value: EXISTS could be turned into one pass over every
-- case there is. The price of `wall_concerns` is named, so that it is asked last and only of rows that nothing cheaper lets through.

-- ── Rows of a territory ───────────────────────────────────────────────────────

GRANT SELECT ON "case", task, case_event, case_deadline, case_participant, case_document TO traektoria_reader;

ALTER TABLE "case" ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON "case" FOR SELECT TO traektoria_reader USING (
  (SELECT wall_flag('app.everywhere'))
  OR jurisdiction = ANY ((SELECT wall_list('app.jurisdictions'))::text[])
  OR applicant_region_code = ANY ((SELECT wall_list('app.regions'))::text[])
  OR (applicant_organisation_id = ANY ((SELECT wall_list('app.organisations'))::uuid[])
    AND process <> ALL ((SELECT wall_list('app.personal_processes'))::text[]))
  OR (process = ANY ((SELECT wall_list('app.overseen_processes'))::text[])
    AND (applicant_region_code = ANY ((SELECT wall_list('app.overseen_regions'))::text[])
      OR applicant_organisation_id = ANY ((SELECT wall_list('app.bodies'))::uuid[])))
  OR wall_concerns(id)
);

ALTER TABLE task ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON task FOR SELECT TO traektoria_reader USING (
  assignee_id = (SELECT wall_person())
  OR (SELECT wall_flag('app.everywhere'))
  OR (nature = 'office' AND (role || '|' || scope_kind || '|' || coalesce(scope_id, '') = ANY ((SELECT wall_list('app.offices'))::text[])
    OR role || '|country|' = ANY ((SELECT wall_list('app.offices'))::text[])))
  OR (SELECT true FROM "case" c WHERE c.id = case_id)
);

ALTER TABLE case_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON case_event FOR SELECT TO traektoria_reader
  USING ((SELECT wall_flag('app.everywhere')) OR (SELECT true FROM "case" c WHERE c.id = case_id));

ALTER TABLE case_deadline ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON case_deadline FOR SELECT TO traektoria_reader
  USING ((SELECT wall_flag('app.everywhere')) OR (SELECT true FROM "case" c WHERE c.id = case_id));

ALTER TABLE case_participant ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON case_participant FOR SELECT TO traektoria_reader
  USING (person_id = (SELECT wall_person()) OR (SELECT wall_flag('app.everywhere')) OR (SELECT true FROM "case" c WHERE c.id = case_id));

ALTER TABLE case_document ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON case_document FOR SELECT TO traektoria_reader
  USING ((SELECT wall_flag('app.everywhere')) OR (SELECT true FROM "case" c WHERE c.id = case_id));

-- ── Registers: what is public is everybody's, the rest belongs to who sees the case that keeps it ────

GRANT SELECT ON register_entry, register_history, study_group TO traektoria_reader;

ALTER TABLE register_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON register_entry FOR SELECT TO traektoria_reader
  USING (public OR (SELECT wall_flag('app.everywhere')) OR (SELECT true FROM "case" c WHERE c.id = keeper_case_id));

ALTER TABLE register_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON register_history FOR SELECT TO traektoria_reader
  USING ((SELECT true FROM register_entry e WHERE e.id = entry_id));

ALTER TABLE study_group ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON study_group FOR SELECT TO traektoria_reader
  USING ((SELECT true FROM register_entry e WHERE e.id = entry_id));

-- ── Rows of one person or organisation ────────────────────────────────────────

GRANT SELECT ON notice, draft, task_draft, task_note, expert_record, incident, session TO traektoria_reader;

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON notice FOR SELECT TO traektoria_reader
  USING (addressee_id = (SELECT wall_person()) OR (SELECT wall_flag('app.admin')));

ALTER TABLE draft ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON draft FOR SELECT TO traektoria_reader
  USING (owner_id = (SELECT wall_person()) OR organisation_id = ANY ((SELECT wall_list('app.organisations'))::uuid[]));

ALTER TABLE task_draft ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON task_draft FOR SELECT TO traektoria_reader USING (person_id = (SELECT wall_person()));

ALTER TABLE task_note ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON task_note FOR SELECT TO traektoria_reader USING (person_id = (SELECT wall_person()));

ALTER TABLE expert_record ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON expert_record FOR SELECT TO traektoria_reader
  USING (person_id = (SELECT wall_person()) OR (SELECT wall_flag('app.everywhere')) OR (SELECT true FROM "case" c WHERE c.id = case_id));

ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON incident FOR SELECT TO traektoria_reader
  USING ((SELECT wall_flag('app.admin')) OR (SELECT true FROM "case" c WHERE c.id = case_id));

ALTER TABLE session ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON session FOR SELECT TO traektoria_reader
  USING (person_id = (SELECT wall_person()) OR (SELECT wall_flag('app.admin')));

-- ── Employment events: whoever reported them, the person himself, and the offices over the place ────

GRANT SELECT ON hr_batch, hr_row, hr_event TO traektoria_reader;

ALTER TABLE hr_batch ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON hr_batch FOR SELECT TO traektoria_reader
  USING (reported_by = (SELECT wall_person()) OR (SELECT wall_flag('app.everywhere')));

ALTER TABLE hr_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON hr_row FOR SELECT TO traektoria_reader
  USING ((SELECT wall_flag('app.everywhere')) OR (SELECT true FROM hr_batch b WHERE b.id = batch_id));

ALTER TABLE hr_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON hr_event FOR SELECT TO traektoria_reader USING (
  reported_by = (SELECT wall_person())
  OR person_id = (SELECT wall_person())
  OR (SELECT wall_flag('app.everywhere'))
  OR (SELECT o.region_code = ANY (wall_list('app.overseen_regions')) OR o.id::text = ANY (wall_list('app.bodies'))
    OR coalesce(o.authority_id::text = ANY (wall_list('app.bodies')), false) FROM organisation o WHERE o.id = place_id)
);

-- What a case answered to a fact or an act: its memory of commands and its refusals, for whoever sees the case.
GRANT SELECT ON command, audit_record TO traektoria_reader;

ALTER TABLE command ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON command FOR SELECT TO traektoria_reader USING ((SELECT true FROM "case" c WHERE c.id = case_id));

ALTER TABLE audit_record ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON audit_record FOR SELECT TO traektoria_reader
  USING (CASE WHEN kind = 'fact.refused' THEN (SELECT true FROM "case" c WHERE c.id = subject_id::uuid) ELSE false END);
