CREATE TABLE "citizens_act" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "at" datetime NOT NULL, "answer" varchar(400) NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "case_id" bigint NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "report_id" bigint NOT NULL REFERENCES "citizens_report" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "each_report_decided_once" UNIQUE ("report_id"));

CREATE TABLE "citizens_contact" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(40) NOT NULL, "phone" varchar(40) NOT NULL, "email" varchar(120) NOT NULL, "report_id" bigint NOT NULL UNIQUE REFERENCES "citizens_report" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "citizens_photo" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "media_type" varchar(100) NOT NULL, "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "taken_at" datetime NULL, "lat" real NULL, "lon" real NULL, "report_id" bigint NOT NULL REFERENCES "citizens_report" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "citizens_report" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "code" varchar(12) NOT NULL UNIQUE, "service" varchar(20) NOT NULL, "text" text NOT NULL, "place" varchar(200) NOT NULL, "lat" real NULL, "lon" real NULL, "received_at" datetime NOT NULL, "sender" varchar(64) NOT NULL, "simulated" bool NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "citizens_act_at_51d39971" ON "citizens_act" ("at");

CREATE INDEX "citizens_act_by_id_df2abc98" ON "citizens_act" ("by_id");

CREATE INDEX "citizens_act_case_id_86fa6505" ON "citizens_act" ("case_id");

CREATE INDEX "citizens_act_report_id_1969e0c8" ON "citizens_act" ("report_id");

CREATE INDEX "citizens_photo_report_id_a5d26d93" ON "citizens_photo" ("report_id");

CREATE INDEX "citizens_photo_sha256_2517d366" ON "citizens_photo" ("sha256");

CREATE INDEX "citizens_report_received_at_7c1353b5" ON "citizens_report" ("received_at");

CREATE INDEX "citizens_report_region_id_5bd36a84" ON "citizens_report" ("region_id");

CREATE INDEX "citizens_report_sender_c0bd348d" ON "citizens_report" ("sender");

CREATE TRIGGER citizens_act_no_delete BEFORE DELETE ON citizens_act BEGIN SELECT RAISE(ABORT, '举报及其受理记录不能修改或删除'); END;

CREATE TRIGGER citizens_act_no_update BEFORE UPDATE ON citizens_act BEGIN SELECT RAISE(ABORT, '举报及其受理记录不能修改或删除'); END;

CREATE TRIGGER citizens_photo_no_delete BEFORE DELETE ON citizens_photo BEGIN SELECT RAISE(ABORT, '举报及其受理记录不能修改或删除'); END;

CREATE TRIGGER citizens_photo_no_update BEFORE UPDATE ON citizens_photo BEGIN SELECT RAISE(ABORT, '举报及其受理记录不能修改或删除'); END;

CREATE TRIGGER citizens_report_no_delete BEFORE DELETE ON citizens_report BEGIN SELECT RAISE(ABORT, '举报及其受理记录不能修改或删除'); END;

CREATE TRIGGER citizens_report_no_update BEFORE UPDATE ON citizens_report BEGIN SELECT RAISE(ABORT, '举报及其受理记录不能修改或删除'); END;

INSERT INTO django_migrations (app, name, applied) VALUES ('citizens', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('citizens', '0002_append_only', CURRENT_TIMESTAMP)