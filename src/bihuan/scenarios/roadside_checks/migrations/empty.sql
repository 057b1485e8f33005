CREATE TABLE "roadside_checks_recall" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(30) NOT NULL UNIQUE, "state" varchar(10) NOT NULL, "grounds" text NOT NULL CHECK ((JSON_VALID("grounds") OR "grounds" IS NULL)), "issued_at" datetime NOT NULL, "deadline" date NOT NULL, "tested_on" date NULL, "test" varchar(60) NOT NULL, "simulated" bool NOT NULL, "issued_by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "vehicle_id" bigint NOT NULL REFERENCES "registry_vehicle" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "roadside_checks_sensingpoint" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(12) NOT NULL, "road" varchar(60) NOT NULL, "lanes" integer NULL, "slope" real NULL, "maker" varchar(60) NOT NULL, "calibrated" date NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "roadside_checks_smokecapture" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(60) NOT NULL UNIQUE, "at" datetime NOT NULL, "place" varchar(120) NOT NULL, "plate" varchar(20) NOT NULL, "colour" varchar(14) NOT NULL, "ringelmann" real NULL, "picture" varchar(400) NOT NULL, "video" varchar(400) NOT NULL, "simulated" bool NOT NULL, "state" varchar(10) NOT NULL, "reviewed_at" datetime NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "reviewed_by_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE UNIQUE INDEX "one_open_recall_of_a_vehicle" ON "roadside_checks_recall" ("vehicle_id") WHERE NOT ("state" = 'passed');

CREATE INDEX "roadside_ch_plate_5ad47c_idx" ON "roadside_checks_smokecapture" ("plate", "colour");

CREATE INDEX "roadside_ch_state_bcb8e6_idx" ON "roadside_checks_smokecapture" ("state", "at");

CREATE INDEX "roadside_checks_recall_issued_by_id_abdcbe2f" ON "roadside_checks_recall" ("issued_by_id");

CREATE INDEX "roadside_checks_recall_vehicle_id_1c59b110" ON "roadside_checks_recall" ("vehicle_id");

CREATE INDEX "roadside_checks_sensingpoint_organisation_id_11016fb3" ON "roadside_checks_sensingpoint" ("organisation_id");

CREATE INDEX "roadside_checks_sensingpoint_region_id_f50de09f" ON "roadside_checks_sensingpoint" ("region_id");

CREATE INDEX "roadside_checks_smokecapture_region_id_c87741ab" ON "roadside_checks_smokecapture" ("region_id");

CREATE INDEX "roadside_checks_smokecapture_reviewed_by_id_fc9d6e14" ON "roadside_checks_smokecapture" ("reviewed_by_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('roadside_checks', '0001_initial', CURRENT_TIMESTAMP)