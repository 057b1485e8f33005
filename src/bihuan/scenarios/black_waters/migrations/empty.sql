CREATE TABLE "black_waters_body" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(10) NOT NULL, "area" varchar(10) NOT NULL, "items" varchar(10) NOT NULL, "length_m" real NULL, "width_m" real NULL, "source" varchar(200) NOT NULL, "intercept" bool NOT NULL, "dredge" bool NOT NULL, "restore" bool NOT NULL, "refresh" bool NOT NULL, "named_on" varchar(120) NOT NULL, "state" varchar(10) NOT NULL, "found" date NULL, "due" date NULL, "accepted" date NULL, "lasting" date NULL, "satisfaction" real NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "reach_id" varchar(40) NULL REFERENCES "registry_reach" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "black_waters_point" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "position_m" real NOT NULL, "depth_cm" real NULL, "body_id" varchar(40) NOT NULL REFERENCES "black_waters_body" ("code") DEFERRABLE INITIALLY DEFERRED, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "black_waters_body_organisation_id_8de23ee0" ON "black_waters_body" ("organisation_id");

CREATE INDEX "black_waters_body_reach_id_9dff79d1" ON "black_waters_body" ("reach_id");

CREATE INDEX "black_waters_body_region_id_21b25e64" ON "black_waters_body" ("region_id");

CREATE INDEX "black_waters_point_body_id_471d32da" ON "black_waters_point" ("body_id");

CREATE INDEX "black_waters_point_organisation_id_8eeb4334" ON "black_waters_point" ("organisation_id");

CREATE INDEX "black_waters_point_region_id_6a4e218c" ON "black_waters_point" ("region_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('black_waters', '0001_initial', CURRENT_TIMESTAMP)