# The verbs of the project; each is a script of the same name, with its reason at its head.

.PHONY: help build test lint format database run bench end-to-end

help:
	@echo "make build       the release binary, .build/release/gatehouse"
	@echo "make run         everything for a first try, in the foreground until Ctrl-C"
	@echo "make test        every test: units on a private MariaDB, then end to end"
	@echo "make end-to-end  the end-to-end tests alone"
	@echo "make lint        format, imports between targets, places of unsafe code"
	@echo "make format      the format put right"
	@echo "make database    a private MariaDB with the schema, in the foreground"
	@echo "make bench       the table of speed, as ratios in one run (pages: Tests/Scale/measure)"

build:
	@scripts/build

test:
	@scripts/test

lint:
	@scripts/lint

format:
	@scripts/format

database:
	@scripts/run database

run:
	@scripts/run

bench:
	@scripts/bench

end-to-end:
	@scripts/end-to-end
