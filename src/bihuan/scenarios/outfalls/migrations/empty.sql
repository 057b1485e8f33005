CREATE TABLE "outfalls_goal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "year" smallint unsigned NOT NULL CHECK ("year" >= 0), "surveyed" real NOT NULL, "traced" real NOT NULL, "treated" real NOT NULL, "simulated" bool NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_outfall_goal" UNIQUE ("year", "region_id"));

CREATE TABLE "outfalls_milestone" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "task" varchar(200) NOT NULL, "day" date NOT NULL, "plan_id" bigint NOT NULL REFERENCES "outfalls_step" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "outfalls_outfall" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "official_code" varchar(60) NOT NULL, "kind" varchar(20) NOT NULL, "km" real NULL, "bank" varchar(10) NOT NULL, "shape" varchar(10) NOT NULL, "size" varchar(40) NOT NULL, "rhythm" varchar(10) NOT NULL, "person" varchar(40) NOT NULL, "approval" varchar(80) NOT NULL, "cod" real NULL, "nh3n" real NULL, "tp" real NULL, "clarity" varchar(10) NOT NULL, "evidence" varchar(10) NOT NULL, "way" varchar(10) NOT NULL, "due" date NULL, "entry" varchar(12) NOT NULL, "stage" varchar(12) NOT NULL, "duplicate_of_id" varchar(40) NULL REFERENCES "outfalls_outfall" ("code") DEFERRABLE INITIALLY DEFERRED, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "reach_id" varchar(40) NULL REFERENCES "registry_reach" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "river_id" varchar(40) NULL REFERENCES "registry_river" ("code") DEFERRABLE INITIALLY DEFERRED, "supervisor_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "outfalls_step" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "seq" integer unsigned NOT NULL CHECK ("seq" >= 0), "action" varchar(12) NOT NULL, "label" varchar(20) NOT NULL, "source" varchar(12) NOT NULL, "target" varchar(12) NOT NULL, "at" datetime NOT NULL, "note" text NOT NULL, "given" text NOT NULL CHECK ((JSON_VALID("given") OR "given" IS NULL)), "answer_id" bigint NULL REFERENCES "inspection_answer" ("id") DEFERRABLE INITIALLY DEFERRED, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "milestone_id" bigint NULL REFERENCES "outfalls_milestone" ("id") DEFERRABLE INITIALLY DEFERRED, "outfall_id" varchar(40) NOT NULL REFERENCES "outfalls_outfall" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_outfall_step" UNIQUE ("outfall_id", "seq"));

CREATE INDEX "outfalls_goal_region_id_e29257e9" ON "outfalls_goal" ("region_id");

CREATE INDEX "outfalls_milestone_plan_id_84438318" ON "outfalls_milestone" ("plan_id");

CREATE INDEX "outfalls_outfall_duplicate_of_id_3dad0d31" ON "outfalls_outfall" ("duplicate_of_id");

CREATE INDEX "outfalls_outfall_organisation_id_d1d567c8" ON "outfalls_outfall" ("organisation_id");

CREATE INDEX "outfalls_outfall_reach_id_9d909f7d" ON "outfalls_outfall" ("reach_id");

CREATE INDEX "outfalls_outfall_region_id_aafe3348" ON "outfalls_outfall" ("region_id");

CREATE INDEX "outfalls_outfall_river_id_e4627382" ON "outfalls_outfall" ("river_id");

CREATE INDEX "outfalls_outfall_supervisor_id_171e57c6" ON "outfalls_outfall" ("supervisor_id");

CREATE INDEX "outfalls_step_answer_id_2f0ceb0d" ON "outfalls_step" ("answer_id");

CREATE INDEX "outfalls_step_by_id_1775283f" ON "outfalls_step" ("by_id");

CREATE INDEX "outfalls_step_milestone_id_82d34e06" ON "outfalls_step" ("milestone_id");

CREATE INDEX "outfalls_step_outfall_id_10c888e5" ON "outfalls_step" ("outfall_id");

CREATE TRIGGER outfalls_milestone_no_delete BEFORE DELETE ON outfalls_milestone BEGIN SELECT RAISE(ABORT, '排污口办理记录不能修改或删除'); END;

CREATE TRIGGER outfalls_milestone_no_update BEFORE UPDATE ON outfalls_milestone BEGIN SELECT RAISE(ABORT, '排污口办理记录不能修改或删除'); END;

CREATE TRIGGER outfalls_step_no_delete BEFORE DELETE ON outfalls_step BEGIN SELECT RAISE(ABORT, '排污口办理记录不能修改或删除'); END;

CREATE TRIGGER outfalls_step_no_update BEFORE UPDATE ON outfalls_step BEGIN SELECT RAISE(ABORT, '排污口办理记录不能修改或删除'); END;

INSERT INTO django_migrations (app, name, applied) VALUES ('outfalls', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('outfalls', '0002_append_only', CURRENT_TIMESTAMP)