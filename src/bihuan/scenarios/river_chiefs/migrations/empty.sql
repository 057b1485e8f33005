CREATE TABLE "river_chiefs_disorder" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "area" real NULL, "lon" real NULL, "lat" real NULL, "liable" varchar(60) NOT NULL, "measure" varchar(400) NOT NULL, "deadline" date NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "finding_id" bigint NOT NULL UNIQUE REFERENCES "cases_finding" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "river_chiefs_duty" ("code" varchar(40) NOT NULL PRIMARY KEY, "role" varchar(10) NOT NULL, "level" varchar(10) NOT NULL, "name" varchar(60) NOT NULL, "office" varchar(80) NOT NULL, "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "account_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "reach_id" varchar(40) NOT NULL REFERENCES "registry_reach" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "river_chiefs_dutyrules" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "since" date NOT NULL, "values" text NOT NULL CHECK ((JSON_VALID("values") OR "values" IS NULL)), "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "river_chiefs_goal" ("code" varchar(40) NOT NULL PRIMARY KEY, "year" smallint unsigned NOT NULL CHECK ("year" >= 0), "measure" varchar(200) NOT NULL, "indicator" varchar(80) NOT NULL, "unit" varchar(20) NOT NULL, "sense" varchar(10) NOT NULL, "target" real NULL, "deadline" date NOT NULL, "simulated" bool NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "river_id" varchar(40) NOT NULL REFERENCES "registry_river" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "river_chiefs_goalentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "value" real NULL, "done" bool NOT NULL, "note" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "goal_id" varchar(40) NOT NULL REFERENCES "river_chiefs_goal" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "river_chiefs_rivercase" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "case_id" bigint NOT NULL UNIQUE REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "river_id" varchar(40) NOT NULL REFERENCES "registry_river" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "river_chiefs_telephone" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(20) NOT NULL, "duty_id" varchar(40) NOT NULL UNIQUE REFERENCES "river_chiefs_duty" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "river_chiefs_walk" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "made_of" varchar(80) NOT NULL, "metres" text NOT NULL CHECK ((JSON_VALID("metres") OR "metres" IS NULL)), "patrol_id" bigint NOT NULL UNIQUE REFERENCES "patrol_patrol" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "river_chiefs_disorder_by_id_9ce52693" ON "river_chiefs_disorder" ("by_id");

CREATE INDEX "river_chiefs_duty_account_id_53b8ea8f" ON "river_chiefs_duty" ("account_id");

CREATE INDEX "river_chiefs_duty_organisation_id_73d9d506" ON "river_chiefs_duty" ("organisation_id");

CREATE INDEX "river_chiefs_duty_reach_id_e277b897" ON "river_chiefs_duty" ("reach_id");

CREATE INDEX "river_chiefs_duty_region_id_62cef201" ON "river_chiefs_duty" ("region_id");

CREATE INDEX "river_chiefs_dutyrules_by_id_f658a98f" ON "river_chiefs_dutyrules" ("by_id");

CREATE INDEX "river_chiefs_goal_organisation_id_9435f7a1" ON "river_chiefs_goal" ("organisation_id");

CREATE INDEX "river_chiefs_goal_region_id_429fe505" ON "river_chiefs_goal" ("region_id");

CREATE INDEX "river_chiefs_goal_river_id_211ec976" ON "river_chiefs_goal" ("river_id");

CREATE INDEX "river_chiefs_goalentry_by_id_7e63f726" ON "river_chiefs_goalentry" ("by_id");

CREATE INDEX "river_chiefs_goalentry_goal_id_442dc8c6" ON "river_chiefs_goalentry" ("goal_id");

CREATE INDEX "river_chiefs_rivercase_by_id_a72c5aaa" ON "river_chiefs_rivercase" ("by_id");

CREATE INDEX "river_chiefs_rivercase_river_id_6a454df8" ON "river_chiefs_rivercase" ("river_id");

CREATE TRIGGER river_chiefs_disorder_no_delete BEFORE DELETE ON river_chiefs_disorder BEGIN SELECT RAISE(ABORT, '河长制记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER river_chiefs_disorder_no_update BEFORE UPDATE ON river_chiefs_disorder BEGIN SELECT RAISE(ABORT, '河长制记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER river_chiefs_dutyrules_no_delete BEFORE DELETE ON river_chiefs_dutyrules BEGIN SELECT RAISE(ABORT, '河长制记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER river_chiefs_dutyrules_no_update BEFORE UPDATE ON river_chiefs_dutyrules BEGIN SELECT RAISE(ABORT, '河长制记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER river_chiefs_goalentry_no_delete BEFORE DELETE ON river_chiefs_goalentry BEGIN SELECT RAISE(ABORT, '河长制记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER river_chiefs_goalentry_no_update BEFORE UPDATE ON river_chiefs_goalentry BEGIN SELECT RAISE(ABORT, '河长制记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER river_chiefs_rivercase_no_delete BEFORE DELETE ON river_chiefs_rivercase BEGIN SELECT RAISE(ABORT, '河长制记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER river_chiefs_rivercase_no_update BEFORE UPDATE ON river_chiefs_rivercase BEGIN SELECT RAISE(ABORT, '河长制记录只能追加, 不能修改或删除'); END;

INSERT INTO django_migrations (app, name, applied) VALUES ('river_chiefs', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('river_chiefs', '0002_append_only', CURRENT_TIMESTAMP)