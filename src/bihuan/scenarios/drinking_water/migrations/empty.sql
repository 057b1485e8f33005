CREATE TABLE "drinking_water_guard" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(10) NOT NULL, "state" varchar(10) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "source_id" varchar(40) NOT NULL REFERENCES "drinking_water_source" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "drinking_water_source" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(10) NOT NULL, "rank" varchar(10) NOT NULL, "state" varchar(10) NOT NULL, "people" integer unsigned NULL CHECK ("people" >= 0), "quantity" real NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "drinking_water_zone" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "grade" varchar(10) NOT NULL, "approval" varchar(80) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "source_id" varchar(40) NOT NULL REFERENCES "drinking_water_source" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "drinking_water_guard_organisation_id_bc3f3027" ON "drinking_water_guard" ("organisation_id");

CREATE INDEX "drinking_water_guard_region_id_5a4861ae" ON "drinking_water_guard" ("region_id");

CREATE INDEX "drinking_water_guard_source_id_a2d779d7" ON "drinking_water_guard" ("source_id");

CREATE INDEX "drinking_water_source_organisation_id_7dd80987" ON "drinking_water_source" ("organisation_id");

CREATE INDEX "drinking_water_source_region_id_47119bb3" ON "drinking_water_source" ("region_id");

CREATE INDEX "drinking_water_zone_organisation_id_4c7c31fd" ON "drinking_water_zone" ("organisation_id");

CREATE INDEX "drinking_water_zone_region_id_8536b8b2" ON "drinking_water_zone" ("region_id");

CREATE INDEX "drinking_water_zone_source_id_5ea008b1" ON "drinking_water_zone" ("source_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('drinking_water', '0001_initial', CURRENT_TIMESTAMP)