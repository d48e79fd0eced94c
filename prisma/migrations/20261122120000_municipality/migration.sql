-- Relatives are asked for from both sides, and the schools of a municipality with every request of who answers for them.
CREATE INDEX "relation_person_b_idx" ON "relation"("person_b");
CREATE INDEX "organisation_region_code_municipality_idx" ON "organisation"("region_code", "municipality");
