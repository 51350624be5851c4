# One job a district: build its site, sign its summary; then the office takes all of them in and builds its own.
# DISTRICTS: a folder with a repository a district and its key beside it, <id>/ and <id>.key. OFFICE: the office's repository.
# A district is built again when one of its records is newer than its summary. Killed anywhere, the same command does what is left.
XINZHULI ?= xinzhuli
IDS := $(patsubst $(DISTRICTS)/%/records/district.yml,%,$(wildcard $(DISTRICTS)/*/records/district.yml))
SIGNED := $(IDS:%=$(DISTRICTS)/.up/%.json.sig)
.DELETE_ON_ERROR:
.SECONDEXPANSION:

$(OFFICE)/build/site: $(SIGNED)
	$(XINZHULI) summary take $(IDS:%=$(DISTRICTS)/.up/%.json) --root $(OFFICE)
	$(XINZHULI) build --root $(OFFICE)

$(DISTRICTS)/.up/%.json.sig: $$(shell find $(DISTRICTS)/$$*/records -type f)
	$(XINZHULI) build --root $(DISTRICTS)/$*
	$(XINZHULI) summary sign $(DISTRICTS)/$*/build/site/data/summary.json --key $(DISTRICTS)/$*.key --to $(DISTRICTS)/.up
