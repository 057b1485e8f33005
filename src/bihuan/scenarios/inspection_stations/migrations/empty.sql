CREATE TABLE "inspection_stations_inspector" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(40) NOT NULL, "name" varchar(40) NOT NULL, "certificate" varchar(60) NOT NULL, "certified_until" date NULL, "simulated" bool NOT NULL, "station_id" varchar(40) NOT NULL REFERENCES "inspection_stations_station" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_inspector_of_a_number" UNIQUE ("station_id", "number"));

CREATE TABLE "inspection_stations_line" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(20) NOT NULL, "kind" varchar(10) NOT NULL, "methods" varchar(120) NOT NULL, "dynamometer" varchar(120) NOT NULL, "analyser" varchar(120) NOT NULL, "opacimeter" varchar(120) NOT NULL, "software" varchar(80) NOT NULL, "calibrated_until" date NULL, "simulated" bool NOT NULL, "station_id" varchar(40) NOT NULL REFERENCES "inspection_stations_station" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_line_of_a_number" UNIQUE ("station_id", "number"));

CREATE TABLE "inspection_stations_station" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "licence" varchar(40) NOT NULL, "licence_until" date NULL, "linked" varchar(10) NOT NULL, "contact" varchar(40) NOT NULL, "phone" varchar(30) NOT NULL, "address" varchar(120) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "inspection_stations_inspector_station_id_eb9dec14" ON "inspection_stations_inspector" ("station_id");

CREATE INDEX "inspection_stations_line_station_id_f486fca9" ON "inspection_stations_line" ("station_id");

CREATE INDEX "inspection_stations_station_organisation_id_0fa09e7f" ON "inspection_stations_station" ("organisation_id");

CREATE INDEX "inspection_stations_station_region_id_2dfd0884" ON "inspection_stations_station" ("region_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('inspection_stations', '0001_initial', CURRENT_TIMESTAMP)