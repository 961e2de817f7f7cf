# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test prove look lint lock messages bench-pages bench-chat bench-money bench-chaos bench-search bench-search-scale bench-recommender bench-recommender-scale bench-insights bench-ads bench-category-guess code stop clean

run:  ## the market, with everything it needs
	@$(PYTHON) bin/setup run
	@$(BIN)/python bin/run

test:  ## units, integration, journeys in a browser
	@$(PYTHON) bin/setup test
	@$(BIN)/python bin/need-chromium
	@$(BIN)/python bin/test

prove:  ## races and kills (SHORT=1: once each)
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m pytest -m prove

look:  ## screens in both widths, themes and languages; axe; Lighthouse (SHORT=1: a sample)
	@$(PYTHON) bin/setup look
	@$(BIN)/python bin/need-chromium
	@$(BIN)/python -m bench.look

lint:  ## style, types, layers, migrations, deployment checks
	@$(PYTHON) bin/setup test
	@$(BIN)/python bin/lint

lock:  ## writes the lock files anew
	@for set in requirements requirements-demo requirements-stripe requirements-dev requirements-node; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--custom-compile-command "make lock" $$set.in -o $$set.txt; done

messages:  ## brings the catalogues of strings up to date (needs gettext)
	@$(BIN)/python bin/messages

bench-pages:  ## query counts, times, bytes and requests per second of the main pages
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.pages

bench-money:  ## money requests paid, shipped and released a second; paid a second through HTTP
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.money
	@$(BIN)/python -m bench.money --http

bench-chaos:  ## workers killed and databases crashed while money moves; then the same on a database that forgets
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.chaos
	@$(BIN)/python -m bench.chaos --control --seconds 15 --kills 5 --crashes 3

bench-chat:  ## a thousand open streams in one process; the inbox of fifty thousand conversations
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.chat
	@$(BIN)/python -m bench.chat --inbox

bench-search:  ## nDCG@10 of judged queries: PRODUCTS=file.tsv JUDGMENTS=file.tsv, through the site's own index and search
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.search "$(PRODUCTS)" "$(JUDGMENTS)" $(if $(HALF),--half $(HALF))

bench-search-scale:  ## search in 1.5 million documents (DOCS=100000): times with filters and facets while things change
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.search_scale $(if $(DOCS),--docs $(DOCS))

bench-recommender:  ## how good recommendations are: TRAIN=file TEST=file FORMAT=sets|sequences|events|timed
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.recommender $(TRAIN) $(TEST) --format $(or $(FORMAT),sets)

bench-recommender-scale:  ## a table of 10 million people and 1.5 million things; PEOPLE=, ITEMS=, EVENTS= for less
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.recommender_scale $(if $(PEOPLE),--people $(PEOPLE)) $(if $(ITEMS),--items $(ITEMS)) $(if $(EVENTS),--events $(EVENTS))

bench-insights:  ## each page of insights with 100 million events counted, and counting a day of a million
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.insights

bench-ads:  ## auctions among 10,000 live campaigns; clicks recorded and charged a second, without HTTP and through it
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.ads

bench-category-guess:  ## how often an import guesses the category right: the demo market, and CATALOGUE=file.csv
	@$(PYTHON) bin/setup test
	@$(BIN)/python -m bench.category_guess $(CATALOGUE)

code:  ## the current authenticator code of the demo's staff person
	@$(BIN)/python manage.py demo_code

stop:  ## stops embedded servers that a killed run left behind
	@$(BIN)/python -c "from pathlib import Path; from core import embedded; embedded.stop(Path('var'))"

clean:  ## forgets the market and everything installed
	@$(MAKE) --no-print-directory stop || true
	rm -rf .venv var node_modules
