CREATE TABLE "road_dust_sample" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "mass" real NULL, "area" real NULL, "dirt" real NULL, "laboratory" varchar(80) NOT NULL, "simulated" bool NOT NULL, "segment_id" varchar(40) NOT NULL REFERENCES "road_dust_segment" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_road_sample" UNIQUE ("segment_id", "day"));

CREATE TABLE "road_dust_segment" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(10) NOT NULL, "cleaning" varchar(10) NOT NULL, "km" real NOT NULL, "width" real NULL, "vehicles" integer unsigned NULL CHECK ("vehicles" >= 0), "tonnes" real NULL, "sweeps" real NULL, "washes" real NULL, "truck_route" bool NOT NULL, "weather_site" varchar(40) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "road_dust_sample_segment_id_a63ef5ce" ON "road_dust_sample" ("segment_id");

CREATE INDEX "road_dust_segment_organisation_id_f8d7c9f8" ON "road_dust_segment" ("organisation_id");

CREATE INDEX "road_dust_segment_region_id_1084b04e" ON "road_dust_segment" ("region_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('road_dust', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('road_dust', '0002_sand_is_the_city_s', CURRENT_TIMESTAMP)