CREATE TABLE "vehicles_on_roads_haulroute" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "road" varchar(40) NOT NULL, "share" real NOT NULL, "note" varchar(120) NOT NULL, "simulated" bool NOT NULL, "unit_id" varchar(40) NOT NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_haul_route" UNIQUE ("unit_id", "road"));

CREATE INDEX "vehicles_on_roads_haulroute_unit_id_9624ea12" ON "vehicles_on_roads_haulroute" ("unit_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('vehicles_on_roads', '0001_initial', CURRENT_TIMESTAMP)