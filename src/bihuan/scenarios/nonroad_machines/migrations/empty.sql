CREATE TABLE "nonroad_machines_controlzone" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "least" varchar(1) NOT NULL, "source" varchar(120) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "nonroad_machines_nonroadmachine" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "label" varchar(30) NOT NULL, "kind" varchar(12) NOT NULL, "fuel" varchar(10) NOT NULL, "stage" varchar(1) NOT NULL, "made" date NULL, "power" real NULL, "engine_model" varchar(60) NOT NULL, "engine_number" varchar(60) NOT NULL, "pin" varchar(40) NOT NULL, "place" varchar(120) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "user_id" varchar(40) NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "nonroad_machines_controlzone_organisation_id_d3ce975a" ON "nonroad_machines_controlzone" ("organisation_id");

CREATE INDEX "nonroad_machines_controlzone_region_id_65546ea6" ON "nonroad_machines_controlzone" ("region_id");

CREATE INDEX "nonroad_machines_nonroadmachine_organisation_id_fb76db45" ON "nonroad_machines_nonroadmachine" ("organisation_id");

CREATE INDEX "nonroad_machines_nonroadmachine_region_id_6fdc4123" ON "nonroad_machines_nonroadmachine" ("region_id");

CREATE INDEX "nonroad_machines_nonroadmachine_user_id_02768dd7" ON "nonroad_machines_nonroadmachine" ("user_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('nonroad_machines', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('nonroad_machines', '0002_machine_of_a_user', CURRENT_TIMESTAMP)