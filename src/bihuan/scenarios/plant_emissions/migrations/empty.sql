CREATE TABLE "plant_emissions_channel" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "logger_id" varchar(40) NOT NULL REFERENCES "plant_emissions_logger" ("mn") DEFERRABLE INITIALLY DEFERRED, "outlet_id" varchar(40) NOT NULL REFERENCES "plant_emissions_outlet" ("code") DEFERRABLE INITIALLY DEFERRED, "factors" text NOT NULL, CONSTRAINT "one_channel_once" UNIQUE ("logger_id", "outlet_id"));

CREATE TABLE "plant_emissions_limit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "item" varchar(10) NOT NULL, "limit" real NOT NULL, "period" varchar(6) NOT NULL, "ultra_low" bool NOT NULL, "valid_from" date NOT NULL, "valid_until" date NULL, "basis" varchar(200) NOT NULL, "outlet_id" varchar(40) NOT NULL REFERENCES "plant_emissions_outlet" ("code") DEFERRABLE INITIALLY DEFERRED, "low" real NULL, CONSTRAINT "one_limit_from_a_day" UNIQUE ("outlet_id", "item", "period", "ultra_low", "valid_from"));

CREATE TABLE "plant_emissions_logger" ("mn" varchar(40) NOT NULL PRIMARY KEY, "edition" smallint unsigned NOT NULL CHECK ("edition" >= 0), "interval" smallint unsigned NOT NULL CHECK ("interval" >= 0), "load_code" varchar(20) NOT NULL, "vendor_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "addresses" varchar(400) NOT NULL, "emitter_id" varchar(40) NOT NULL REFERENCES "registry_emitter" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "plant_emissions_mark" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "code" varchar(20) NOT NULL, "start" datetime NOT NULL, "until" datetime NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "who_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "outlet_id" varchar(40) NOT NULL REFERENCES "plant_emissions_outlet" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "plant_emissions_outlet" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "process" varchar(40) NOT NULL, "ref_o2" real NULL, "rated_flow" real NULL, "duct_area" real NULL, "since" datetime NOT NULL, "simulated" bool NOT NULL, "emitter_id" varchar(40) NOT NULL REFERENCES "registry_emitter" ("code") DEFERRABLE INITIALLY DEFERRED, "kind" varchar(10) NOT NULL);

CREATE TABLE "plant_emissions_permit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(40) NOT NULL, "valid_from" date NOT NULL, "valid_until" date NOT NULL, "pm" real NULL, "so2" real NULL, "nox" real NULL, "simulated" bool NOT NULL, "emitter_id" varchar(40) NOT NULL REFERENCES "registry_emitter" ("code") DEFERRABLE INITIALLY DEFERRED, "cod" real NULL, "nh3n" real NULL, "tn" real NULL, "tp" real NULL, CONSTRAINT "one_permit_from_a_day" UNIQUE ("number", "valid_from"));

CREATE TABLE "plant_emissions_qualitycheck" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "item" varchar(10) NOT NULL, "what" varchar(12) NOT NULL, "at" datetime NOT NULL, "passed" bool NOT NULL, "result" varchar(200) NOT NULL, "entered_at" datetime NOT NULL, "outlet_id" varchar(40) NOT NULL REFERENCES "plant_emissions_outlet" ("code") DEFERRABLE INITIALLY DEFERRED, "who_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "withdrawn_at" datetime NULL, "withdrawn_by_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "withdrawn_for" varchar(400) NOT NULL);

CREATE TABLE "plant_emissions_span" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "item" varchar(10) NOT NULL, "low" real NOT NULL, "high" real NOT NULL, "outlet_id" varchar(40) NOT NULL REFERENCES "plant_emissions_outlet" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_span_per_item" UNIQUE ("outlet_id", "item"));

CREATE TABLE "plant_emissions_withdrawal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "mark_id" bigint NOT NULL UNIQUE REFERENCES "plant_emissions_mark" ("id") DEFERRABLE INITIALLY DEFERRED, "who_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "plant_emiss_outlet__68f9a5_idx" ON "plant_emissions_mark" ("outlet_id", "start");

CREATE INDEX "plant_emissions_channel_logger_id_d71bf372" ON "plant_emissions_channel" ("logger_id");

CREATE INDEX "plant_emissions_channel_outlet_id_dcd43b65" ON "plant_emissions_channel" ("outlet_id");

CREATE INDEX "plant_emissions_limit_outlet_id_dd2ab8d3" ON "plant_emissions_limit" ("outlet_id");

CREATE INDEX "plant_emissions_logger_emitter_id_32e366f4" ON "plant_emissions_logger" ("emitter_id");

CREATE INDEX "plant_emissions_logger_vendor_id_f6b14ff6" ON "plant_emissions_logger" ("vendor_id");

CREATE INDEX "plant_emissions_mark_outlet_id_2003fc7a" ON "plant_emissions_mark" ("outlet_id");

CREATE INDEX "plant_emissions_mark_who_id_fe563b70" ON "plant_emissions_mark" ("who_id");

CREATE INDEX "plant_emissions_outlet_emitter_id_417aad1d" ON "plant_emissions_outlet" ("emitter_id");

CREATE INDEX "plant_emissions_permit_emitter_id_48807164" ON "plant_emissions_permit" ("emitter_id");

CREATE INDEX "plant_emissions_qualitycheck_outlet_id_c8040f4d" ON "plant_emissions_qualitycheck" ("outlet_id");

CREATE INDEX "plant_emissions_qualitycheck_who_id_e28b7f57" ON "plant_emissions_qualitycheck" ("who_id");

CREATE INDEX "plant_emissions_qualitycheck_withdrawn_by_id_4a5feeb5" ON "plant_emissions_qualitycheck" ("withdrawn_by_id");

CREATE INDEX "plant_emissions_span_outlet_id_29148a0b" ON "plant_emissions_span" ("outlet_id");

CREATE INDEX "plant_emissions_withdrawal_who_id_3dbb2653" ON "plant_emissions_withdrawal" ("who_id");

CREATE TRIGGER plant_emissions_mark_no_delete BEFORE DELETE ON plant_emissions_mark BEGIN SELECT RAISE(ABORT, '标记和撤销只能追加, 不能修改或删除'); END;

CREATE TRIGGER plant_emissions_mark_no_update BEFORE UPDATE ON plant_emissions_mark BEGIN SELECT RAISE(ABORT, '标记和撤销只能追加, 不能修改或删除'); END;

CREATE TRIGGER plant_emissions_qualitycheck_no_delete BEFORE DELETE ON plant_emissions_qualitycheck BEGIN SELECT RAISE(ABORT, '质控记录不能删除, 只能撤销'); END;

CREATE TRIGGER plant_emissions_withdrawal_no_delete BEFORE DELETE ON plant_emissions_withdrawal BEGIN SELECT RAISE(ABORT, '标记和撤销只能追加, 不能修改或删除'); END;

CREATE TRIGGER plant_emissions_withdrawal_no_update BEFORE UPDATE ON plant_emissions_withdrawal BEGIN SELECT RAISE(ABORT, '标记和撤销只能追加, 不能修改或删除'); END;

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0002_permits_and_quality', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0003_withdrawn_quality', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0004_sewage', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0005_log', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0006_vendors', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0007_devices', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0008_devices_settled', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('plant_emissions', '0009_versions', CURRENT_TIMESTAMP)