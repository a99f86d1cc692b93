"""Where the invented customers get their post: a street and a town; of every ninth nobody knows it."""

from __future__ import annotations

from ar_cockpit.demo.records import Customer

_STREETS = {
    "FR": ("rue du Port", "avenue Jean-Jaurès", "quai des Tanneurs", "rue de la Forge"),
    "BE": ("rue Haute", "chaussée de Mons", "avenue du Parc", "rue des Brasseurs"),
    "ES": ("calle Mayor", "calle del Puerto", "avenida de la Estación", "calle Nueva"),
    "IT": ("via Roma", "via dei Mille", "corso Garibaldi", "via del Porto"),
    "DE": ("Hafenstraße", "Bahnhofstraße", "Am Alten Markt", "Lindenweg"),
    "AT": ("Hauptstraße", "Mühlgasse", "Am Bahnhof", "Wiener Straße"),
    "NL": ("Havenstraat", "Kerkweg", "Stationsplein", "Molenlaan"),
    "GB": ("High Street", "Station Road", "Mill Lane", "Wharf Road"),
    "IE": ("Main Street", "Quay Street", "Church Road", "Mill Street"),
}
_NUMBER_FIRST = frozenset({"FR", "GB", "IE"})
_FIVE_DIGITS = frozenset({"FR", "ES", "IT", "DE"})
_UNKNOWN_EVERY = 9


def postal_address(customer: Customer) -> str:
    """Return street and town, a line each; the same for the same customer."""
    number = customer.customer_id
    if number % _UNKNOWN_EVERY == 0:
        return ""
    streets = _STREETS[customer.country]
    street, house = streets[number % len(streets)], number * 7 % 120 + 1
    line = f"{house} {street}" if customer.country in _NUMBER_FIRST else f"{street} {house}"
    return f"{line}\n{_town(customer)}"


def _town(customer: Customer) -> str:
    number = customer.customer_id
    if customer.country == "GB":
        return f"{customer.city} ZZ{number % 9 + 1} {number % 8 + 1}XX"  # no post town has these letters
    if customer.country == "IE":
        return customer.city
    code = 1000 + number * 37 % 8999
    return f"{code * 10 if customer.country in _FIVE_DIGITS else code} {customer.city}"
