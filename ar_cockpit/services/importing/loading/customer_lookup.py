"""Which customer a row means: by its company, else by the only company that knows the code."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, cast

from sqlmodel import Session

from ar_cockpit.db.queries.loading import KnownCustomer, customers_by_code
from ar_cockpit.domain.folded import mapped
from ar_cockpit.importing.records import Reason

if TYPE_CHECKING:
    from ar_cockpit.services.importing.loading.context import Loading


_MOST_REMEMBERED = 200_000


class CustomerMemory:
    """The customers that the batches of one file have asked for."""

    def __init__(self) -> None:
        self.known: dict[str, dict[int, KnownCustomer]] = {}
        self.answers: dict[str, dict[str, KnownCustomer | Reason]] = {}  # by the company that rows name, then by code

    def learn(self, session: Session, codes: Iterable[str]) -> None:
        """Ask for those of ``codes`` that were not asked for yet, with one query."""
        wanted = set(codes)
        unknown = {code for code in wanted if code not in self.known}  # a difference would go through all known ones
        if len(self.known) + len(unknown) > _MOST_REMEMBERED:
            self.forget()
            unknown = wanted
        self.known.update((code, {}) for code in unknown)
        for one in customers_by_code(session, sorted(unknown)):
            self.known[one.code][one.company_id] = one

    def forget(self) -> None:
        """Forget everything, because customers or companies were made."""
        self.known.clear()
        self.answers.clear()


class CustomerLookup:
    """Answers for one batch, with one query for the customers that no batch asked for before."""

    def __init__(self, loading: Loading, codes: Iterable[str]) -> None:
        self._loading = loading
        self._codes: Iterable[str] | None = codes  # looked at when an answer is missing: most batches lack none
        memory = loading.customer_memory
        self._known, self._answers = memory.known, memory.answers

    def find(self, company: str, code: str) -> KnownCustomer | Reason:
        """Return the customer ``code`` of ``company`` (empty: not told), or the reason why there is none."""
        answer = self._answers.get(company, {}).get(code)
        if answer is None:
            self._learn()
            answer = self._find(company or self._loading.chosen_company, code)
            self._answers.setdefault(company, {})[code] = answer
        return answer

    def find_all(self, companies: Sequence[str], codes: Sequence[str]) -> list[KnownCustomer | Reason]:
        """Return what :meth:`find` says of each."""
        found = self._answered(companies, codes)
        if not all(found):
            self._codes = codes
            self._learn()  # which may forget what it cannot hold: answers are looked at again
            missing = map(operator.not_, self._answered(companies, codes))
            self._find_each(set(compress(zip(companies, codes, strict=True), missing)))
            found = self._answered(companies, codes)
        return cast("list[KnownCustomer | Reason]", found)

    def _find_each(self, keys: Collection[tuple[str, str]]) -> None:
        """Find many customers: nearly all are in the company that their rows name, and need one look each."""
        ids = {}
        for name in {name for name, _ in keys}:
            named = name or self._loading.chosen_company
            if named in self._loading.companies:
                ids[name] = self._loading.company(named, "").company_id  # with the right to import into it
                self._answers.setdefault(name, {})
        for name, code in keys:
            known = self._known[code].get(ids.get(name, 0))
            if known:
                self._answers[name][code] = known
            else:
                self.find(name, code)

    def _answered(self, companies: Sequence[str], codes: Sequence[str]) -> list[KnownCustomer | Reason | None]:
        nothing: dict[str, KnownCustomer | Reason] = {}
        of_company = mapped(companies, lambda company: self._answers.get(company, nothing))
        return list(map(dict.get, of_company, codes))

    def _learn(self) -> None:
        if self._codes is not None:
            self._loading.customer_memory.learn(self._loading.session, self._codes)
            self._codes = None

    def _find(self, company: str, code: str) -> KnownCustomer | Reason:
        by_company = self._known.get(code, {})
        if company:
            return self._in_company(company, by_company)
        default = self._loading.companies.get(self._loading.defaults.company)
        if default and default.company_id in by_company:
            return self._in_company(default.code, by_company)
        reachable = [one for one in by_company.values() if self._loading.may_import_into(one.company_id)]
        if len(reachable) == 1:
            return reachable[0]
        if reachable:
            return Reason("This customer exists in several companies: name the company")
        return Reason("No such customer: load customers first")

    def _in_company(self, code: str, by_company: dict[int, KnownCustomer]) -> KnownCustomer | Reason:
        known = self._loading.companies.get(code)
        if known is None:
            return Reason(f"No such customer in {code}: load customers first")
        company = self._loading.company(code, "")  # the right to import into it
        return by_company.get(company.company_id, Reason(f"No such customer in {code}: load customers first"))
