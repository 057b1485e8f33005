CREATE TABLE "heavy_pollution_advice" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "run_id" varchar(60) NOT NULL, "issued" datetime NOT NULL, "made_at" datetime NOT NULL, "level" varchar(10) NOT NULL, "listed_level" varchar(10) NOT NULL, "need" varchar(400) NOT NULL, "worst" text NOT NULL CHECK ((JSON_VALID("worst") OR "worst" IS NULL)), "probability" real NOT NULL, "probabilities" text NOT NULL CHECK ((JSON_VALID("probabilities") OR "probabilities" IS NULL)), "days" text NOT NULL CHECK ((JSON_VALID("days") OR "days" IS NULL)), "sentence" varchar(400) NOT NULL, "rule" varchar(60) NOT NULL, "rule_text" text NOT NULL, "rule_source" varchar(300) NOT NULL, "decision" varchar(12) NOT NULL, "started_level" varchar(10) NOT NULL, "reason" varchar(400) NOT NULL, "decided_at" datetime NULL, "decided_by_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_advice_per_run_and_region" UNIQUE ("run_id", "region_id"));

CREATE TABLE "heavy_pollution_emissionbase" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "pollutant" varchar(10) NOT NULL, "kg_per_day" real NOT NULL, "source" varchar(200) NOT NULL, "simulated" bool NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_base_per_pollutant" UNIQUE ("region_id", "pollutant"));

CREATE TABLE "heavy_pollution_suggestion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "issued" datetime NOT NULL, "level" varchar(10) NOT NULL, "pollutant" varchar(10) NOT NULL, "text" varchar(200) NOT NULL, "kg_per_day" real NOT NULL, "kg" text NOT NULL CHECK ((JSON_VALID("kg") OR "kg" IS NULL)), "share" real NULL, "rank" integer unsigned NOT NULL CHECK ("rank" >= 0), "why" varchar(400) NOT NULL, "why_data" text NOT NULL CHECK ((JSON_VALID("why_data") OR "why_data" IS NULL)), "basis" varchar(300) NOT NULL, "status" varchar(10) NOT NULL, "changed_text" varchar(200) NOT NULL, "changed_kg" real NULL, "reason" varchar(400) NOT NULL, "decided_at" datetime NULL, "simulated" bool NOT NULL, "advice_id" bigint NOT NULL REFERENCES "heavy_pollution_advice" ("id") DEFERRABLE INITIALLY DEFERRED, "case_id" bigint NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "decided_by_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "emitter_id" varchar(40) NOT NULL REFERENCES "registry_emitter" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "heavy_pollution_warningstep" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "action" varchar(10) NOT NULL, "kind" varchar(10) NOT NULL, "level" varchar(10) NOT NULL, "before" varchar(10) NOT NULL, "since" datetime NULL, "until" datetime NULL, "reason" varchar(400) NOT NULL, "number" integer unsigned NULL CHECK ("number" >= 0), "post" varchar(200) NOT NULL, "at" datetime NOT NULL, "advice_id" bigint NULL REFERENCES "heavy_pollution_advice" ("id") DEFERRABLE INITIALLY DEFERRED, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "answers_id" bigint NULL UNIQUE REFERENCES "heavy_pollution_warningstep" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "heavy_pollu_status_56edf9_idx" ON "heavy_pollution_suggestion" ("status", "issued" DESC);

CREATE INDEX "heavy_pollution_advice_decided_by_id_1c780a1f" ON "heavy_pollution_advice" ("decided_by_id");

CREATE INDEX "heavy_pollution_advice_issued_2673165b" ON "heavy_pollution_advice" ("issued");

CREATE INDEX "heavy_pollution_advice_region_id_ad08399b" ON "heavy_pollution_advice" ("region_id");

CREATE INDEX "heavy_pollution_emissionbase_region_id_31366c50" ON "heavy_pollution_emissionbase" ("region_id");

CREATE INDEX "heavy_pollution_suggestion_advice_id_61b963a7" ON "heavy_pollution_suggestion" ("advice_id");

CREATE INDEX "heavy_pollution_suggestion_case_id_cf8dcc65" ON "heavy_pollution_suggestion" ("case_id");

CREATE INDEX "heavy_pollution_suggestion_decided_by_id_f5bfc5ce" ON "heavy_pollution_suggestion" ("decided_by_id");

CREATE INDEX "heavy_pollution_suggestion_emitter_id_105fdadb" ON "heavy_pollution_suggestion" ("emitter_id");

CREATE INDEX "heavy_pollution_suggestion_issued_f7acbbcd" ON "heavy_pollution_suggestion" ("issued");

CREATE INDEX "heavy_pollution_suggestion_region_id_ee6aa763" ON "heavy_pollution_suggestion" ("region_id");

CREATE INDEX "heavy_pollution_warningstep_advice_id_fe0b2ac5" ON "heavy_pollution_warningstep" ("advice_id");

CREATE INDEX "heavy_pollution_warningstep_at_ebea2ae0" ON "heavy_pollution_warningstep" ("at");

CREATE INDEX "heavy_pollution_warningstep_person_id_53884905" ON "heavy_pollution_warningstep" ("person_id");

CREATE INDEX "heavy_pollution_warningstep_region_id_7f70c1ad" ON "heavy_pollution_warningstep" ("region_id");

CREATE UNIQUE INDEX "one_suggestion_per_unit" ON "heavy_pollution_suggestion" ("advice_id", "emitter_id", "level") WHERE NOT ("status" IN ('expired', 'ended'));

CREATE TRIGGER heavy_pollution_advice_no_delete BEFORE DELETE ON heavy_pollution_advice BEGIN SELECT RAISE(ABORT, '预警建议和管控建议不能删除'); END;

CREATE TRIGGER heavy_pollution_suggestion_no_delete BEFORE DELETE ON heavy_pollution_suggestion BEGIN SELECT RAISE(ABORT, '预警建议和管控建议不能删除'); END;

CREATE TRIGGER heavy_pollution_warningstep_no_delete BEFORE DELETE ON heavy_pollution_warningstep BEGIN SELECT RAISE(ABORT, '预警办理记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER heavy_pollution_warningstep_no_update BEFORE UPDATE ON heavy_pollution_warningstep BEGIN SELECT RAISE(ABORT, '预警办理记录只能追加, 不能修改或删除'); END;

INSERT INTO django_migrations (app, name, applied) VALUES ('heavy_pollution', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('heavy_pollution', '0002_warning_steps', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('heavy_pollution', '0003_history', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('heavy_pollution', '0004_log', CURRENT_TIMESTAMP)