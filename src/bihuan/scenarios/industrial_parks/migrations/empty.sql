CREATE TABLE "industrial_parks_member" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "way" varchar(10) NOT NULL, "water" real NULL, "pretreatment" varchar(10) NOT NULL, "permit" varchar(40) NOT NULL, "simulated" bool NOT NULL, "organisation_id" bigint NOT NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "park_id" varchar(40) NOT NULL REFERENCES "industrial_parks_park" ("code") DEFERRABLE INITIALLY DEFERRED, "outlet_id" varchar(40) NULL REFERENCES "industrial_parks_parkoutlet" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_member_of_a_park" UNIQUE ("park_id", "organisation_id"));

CREATE TABLE "industrial_parks_park" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "level" varchar(10) NOT NULL, "industries" varchar(120) NOT NULL, "way" varchar(10) NOT NULL, "works" varchar(60) NOT NULL, "design" real NULL, "actual" real NULL, "separation" varchar(10) NOT NULL, "linked" varchar(10) NOT NULL, "approval" varchar(80) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "industrial_parks_parkoutlet" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "km" real NULL, "mn" varchar(40) NOT NULL, "kind" varchar(10) NOT NULL, "receiving" varchar(60) NOT NULL, "cod" real NULL, "nh3n" real NULL, "tp" real NULL, "tn" real NULL, "basis" varchar(120) NOT NULL, "outfall" varchar(60) NOT NULL, "online" varchar(60) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "park_id" varchar(40) NOT NULL REFERENCES "industrial_parks_park" ("code") DEFERRABLE INITIALLY DEFERRED, "reach_id" varchar(40) NULL REFERENCES "registry_reach" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "industrial_parks_parkstation" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "km" real NULL, "mn" varchar(40) NOT NULL, "kind" varchar(10) NOT NULL, "water" varchar(10) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "park_id" varchar(40) NOT NULL REFERENCES "industrial_parks_park" ("code") DEFERRABLE INITIALLY DEFERRED, "reach_id" varchar(40) NULL REFERENCES "registry_reach" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "industrial_parks_member_organisation_id_565d59a0" ON "industrial_parks_member" ("organisation_id");

CREATE INDEX "industrial_parks_member_outlet_id_b008767b" ON "industrial_parks_member" ("outlet_id");

CREATE INDEX "industrial_parks_member_park_id_71414b38" ON "industrial_parks_member" ("park_id");

CREATE INDEX "industrial_parks_park_organisation_id_d88f445a" ON "industrial_parks_park" ("organisation_id");

CREATE INDEX "industrial_parks_park_region_id_f542a60c" ON "industrial_parks_park" ("region_id");

CREATE INDEX "industrial_parks_parkoutlet_organisation_id_879e6256" ON "industrial_parks_parkoutlet" ("organisation_id");

CREATE INDEX "industrial_parks_parkoutlet_park_id_fd7914de" ON "industrial_parks_parkoutlet" ("park_id");

CREATE INDEX "industrial_parks_parkoutlet_reach_id_0dd3b4d7" ON "industrial_parks_parkoutlet" ("reach_id");

CREATE INDEX "industrial_parks_parkoutlet_region_id_3f7a47a4" ON "industrial_parks_parkoutlet" ("region_id");

CREATE INDEX "industrial_parks_parkstation_organisation_id_07d821de" ON "industrial_parks_parkstation" ("organisation_id");

CREATE INDEX "industrial_parks_parkstation_park_id_7c4147fa" ON "industrial_parks_parkstation" ("park_id");

CREATE INDEX "industrial_parks_parkstation_reach_id_fef4133c" ON "industrial_parks_parkstation" ("reach_id");

CREATE INDEX "industrial_parks_parkstation_region_id_cfabd85e" ON "industrial_parks_parkstation" ("region_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('industrial_parks', '0001_initial', CURRENT_TIMESTAMP)