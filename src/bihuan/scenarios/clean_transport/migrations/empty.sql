CREATE TABLE "clean_transport_batch" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "year" smallint unsigned NOT NULL CHECK ("year" >= 0), "month" smallint unsigned NOT NULL CHECK ("month" >= 0), "direction" varchar(4) NOT NULL, "cargo" varchar(60) NOT NULL, "simulated" bool NOT NULL, "number" varchar(60) NOT NULL, "mode" varchar(10) NOT NULL, "tonnes" real NOT NULL, "last_leg" varchar(12) NOT NULL, "evidence" varchar(200) NOT NULL, "unit_id" varchar(40) NOT NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_transport_batch" UNIQUE ("unit_id", "number"));

CREATE TABLE "clean_transport_haul" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "km" real NOT NULL, "source" varchar(120) NOT NULL, "simulated" bool NOT NULL, "unit_id" varchar(40) NOT NULL UNIQUE REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "clean_transport_report" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "year" smallint unsigned NOT NULL CHECK ("year" >= 0), "month" smallint unsigned NOT NULL CHECK ("month" >= 0), "direction" varchar(4) NOT NULL, "cargo" varchar(60) NOT NULL, "simulated" bool NOT NULL, "rail" real NULL, "water" real NULL, "pipeline" real NULL, "belt" real NULL, "short" real NULL, "new_energy" real NULL, "six" real NULL, "other" real NULL, "unknown" real NULL, "total" real NULL, "unweighed" integer unsigned NULL CHECK ("unweighed" >= 0), "remark" varchar(120) NOT NULL, "unit_id" varchar(40) NOT NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_transport_report" UNIQUE ("unit_id", "year", "month", "direction", "cargo"));

CREATE INDEX "clean_transport_batch_unit_id_8b833b9e" ON "clean_transport_batch" ("unit_id");

CREATE INDEX "clean_transport_report_unit_id_5ca4f49a" ON "clean_transport_report" ("unit_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('clean_transport', '0001_initial', CURRENT_TIMESTAMP)