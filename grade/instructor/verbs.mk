# Verbs of the whole tree, which a student's does not have.
.PHONY: lab

lab: ## LAB=name DEST=dir [REV=commit]: write the student's tree of a lab
	$(if $(LAB),,$(error say which lab: make lab LAB=02-buddy DEST=../buddy))
	$(if $(DEST),,$(error say where to: make lab LAB=$(LAB) DEST=../buddy))
	$(Q)$(grader) skeleton '$(LAB)' '$(DEST)' $(if $(REV),--revision '$(REV)')
