CREATE TABLE "forecast_desk_act" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "at" datetime NOT NULL, "note" varchar(400) NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "bulletin_id" bigint NOT NULL REFERENCES "forecast_desk_bulletin" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "each_act_once" UNIQUE ("bulletin_id", "kind"));

CREATE TABLE "forecast_desk_bulletin" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "place" varchar(60) NOT NULL, "place_name" varchar(80) NOT NULL, "version" integer unsigned NOT NULL CHECK ("version" >= 0), "run_id" varchar(60) NOT NULL, "run_digest" varchar(64) NOT NULL, "run_issued" datetime NOT NULL, "known_until" datetime NOT NULL, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "machine" text NOT NULL CHECK ((JSON_VALID("machine") OR "machine" IS NULL)), "reason" varchar(600) NOT NULL, "made_at" datetime NOT NULL, "simulated" bool NOT NULL, "made_by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "replaces_id" bigint NULL REFERENCES "forecast_desk_bulletin" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_bulletin_per_version" UNIQUE ("place", "version"));

CREATE TABLE "forecast_desk_guidance" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "source" varchar(80) NOT NULL, "issued" datetime NOT NULL, "received_at" datetime NOT NULL, "file_name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "rows" text NOT NULL CHECK ((JSON_VALID("rows") OR "rows" IS NULL)), "refused" text NOT NULL CHECK ((JSON_VALID("refused") OR "refused" IS NULL)), "simulated" bool NOT NULL, "received_by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "forecast_desk_act_at_c001cb3f" ON "forecast_desk_act" ("at");

CREATE INDEX "forecast_desk_act_bulletin_id_33ae527a" ON "forecast_desk_act" ("bulletin_id");

CREATE INDEX "forecast_desk_act_by_id_94a25c1f" ON "forecast_desk_act" ("by_id");

CREATE INDEX "forecast_desk_bulletin_made_at_15bce643" ON "forecast_desk_bulletin" ("made_at");

CREATE INDEX "forecast_desk_bulletin_made_by_id_af662e0e" ON "forecast_desk_bulletin" ("made_by_id");

CREATE INDEX "forecast_desk_bulletin_region_id_d83d3c66" ON "forecast_desk_bulletin" ("region_id");

CREATE INDEX "forecast_desk_bulletin_replaces_id_de73210f" ON "forecast_desk_bulletin" ("replaces_id");

CREATE INDEX "forecast_desk_guidance_issued_767b12d2" ON "forecast_desk_guidance" ("issued");

CREATE INDEX "forecast_desk_guidance_received_at_fd346476" ON "forecast_desk_guidance" ("received_at");

CREATE INDEX "forecast_desk_guidance_received_by_id_08d79024" ON "forecast_desk_guidance" ("received_by_id");

CREATE TRIGGER forecast_desk_act_no_delete BEFORE DELETE ON forecast_desk_act BEGIN SELECT RAISE(ABORT, '会商预报只能追加新版本, 不能修改或删除'); END;

CREATE TRIGGER forecast_desk_act_no_update BEFORE UPDATE ON forecast_desk_act BEGIN SELECT RAISE(ABORT, '会商预报只能追加新版本, 不能修改或删除'); END;

CREATE TRIGGER forecast_desk_bulletin_no_delete BEFORE DELETE ON forecast_desk_bulletin BEGIN SELECT RAISE(ABORT, '会商预报只能追加新版本, 不能修改或删除'); END;

CREATE TRIGGER forecast_desk_bulletin_no_update BEFORE UPDATE ON forecast_desk_bulletin BEGIN SELECT RAISE(ABORT, '会商预报只能追加新版本, 不能修改或删除'); END;

CREATE TRIGGER forecast_desk_guidance_no_delete BEFORE DELETE ON forecast_desk_guidance BEGIN SELECT RAISE(ABORT, '会商预报只能追加新版本, 不能修改或删除'); END;

CREATE TRIGGER forecast_desk_guidance_no_update BEFORE UPDATE ON forecast_desk_guidance BEGIN SELECT RAISE(ABORT, '会商预报只能追加新版本, 不能修改或删除'); END;

INSERT INTO django_migrations (app, name, applied) VALUES ('forecast_desk', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('forecast_desk', '0002_append_only', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('forecast_desk', '0003_log', CURRENT_TIMESTAMP)