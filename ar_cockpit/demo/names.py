"""Invented names of firms and people, towns, and telephone numbers kept free for fiction, by country."""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class Country(NamedTuple):
    """What names are made of in one country."""

    language: str
    forms: tuple[str, ...]
    stems: tuple[str, ...]
    trades: tuple[str, ...]
    towns: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    phone: str  # the hashes become digits


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.split(", "))


_FRENCH = Country(
    "fr",
    ("SARL", "SAS", "SA", "SASU"),
    _names(
        "Alderane, Brumont, Clairval, Dorsenne, Estérion, Fontbrune, Galvane, Hautmesnil, Iroise, "
        "Jasmont, Kervadec, Lorient Bois, Mirevault, Noirval, Orvanne, Pierrelune, Rochebelle, Soléane, "
        "Tréval, Valcœur, Ysandre, Beauregain, Cressonnière, Mélusaire, Atelys, Ombrecourt"
    ),
    _names(
        "Distribution, Menuiserie, Emballages, Logistique, Bâtiment, Électricité, Agencement, Mécanique, "
        "Hôtellerie, Agroalimentaire, Négoce, Industrie, Plastiques, Santé, Imprimerie, Textile"
    ),
    ("Nantes", "Lyon", "Lille", "Bordeaux", "Rennes", "Toulouse", "Strasbourg", "Angers", "Dijon", "Grenoble", "Metz"),
    ("Claire", "Antoine", "Camille", "Julien", "Sophie", "Nicolas", "Émilie", "Thomas", "Nathalie", "Olivier", "Chloé"),
    ("Vautrin", "Lescure", "Moreau", "Garnaud", "Perrichon", "Delcourt", "Fournel", "Marchand", "Roussel", "Thibault"),
    "+33 1 99 00 ## ##",
)
_GERMAN = Country(
    "de",
    ("GmbH", "GmbH & Co. KG", "AG", "KG"),
    _names(
        "Ahornwerk, Birkenau, Drosselmann, Eichholz, Falkenried, Grünwalder, Hallbach, Isenbeck, Jagstal, "
        "Kranich, Lindenhof, Morgenroth, Nordheide, Osterfeld, Pappelwerk, Quellental, Rabenstein, "
        "Sonnberg, Tannheim, Ulmenau, Vossberg, Weidenbrück, Zellmoor, Steinfurth, Hohenwarte"
    ),
    _names(
        "Maschinenbau, Elektrotechnik, Verpackung, Logistik, Bauteile, Medizintechnik, Handel, Druck, "
        "Werkzeuge, Kunststoffe, Lebensmittel, Möbel, Anlagenbau, Textil, Fahrzeugteile"
    ),
    ("Frankfurt", "Hamburg", "München", "Köln", "Stuttgart", "Leipzig", "Bremen", "Hannover", "Nürnberg", "Dresden"),
    ("Anja", "Stefan", "Katrin", "Michael", "Sabine", "Thomas", "Julia", "Andreas", "Birgit", "Markus", "Petra"),
    ("Köhler", "Brandt", "Seifert", "Lindner", "Vogel", "Hartmann", "Kessler", "Reinhardt", "Böhm", "Schuster"),
    "+49 69 90009 ###",
)
_BRITISH = Country(
    "en",
    ("Ltd", "Ltd", "PLC", "LLP"),
    _names(
        "Alderbrook, Birchfield, Cawthorne, Dunmere, Elmstead, Farrowgate, Glenmoor, Hazelden, Ivybridge, "
        "Jarrow Hill, Kestrel, Larkmoor, Marlowe, Netherby, Oakhampton, Pembury, Quarrington, "
        "Rookwood, Silverdale, Thornbury, Umberleigh, Wexcombe, Yarrowby, Ashcombe, Stanmore"
    ),
    _names(
        "Engineering, Packaging, Logistics, Foods, Interiors, Electrical, Joinery, Plastics, Print, "
        "Supplies, Textiles, Medical, Components, Hospitality, Trading"
    ),
    ("Bristol", "Leeds", "Manchester", "Birmingham", "Glasgow", "Cardiff", "Sheffield", "Norwich", "Exeter", "Hull"),
    ("Ann", "James", "Sarah", "David", "Emma", "Peter", "Laura", "Andrew", "Helen", "Mark", "Rachel"),
    ("Lee", "Holloway", "Prescott", "Whitmore", "Barrow", "Langford", "Sutcliffe", "Harding", "Bexley", "Thorne"),
    "+44 20 7946 0###",
)
_SPANISH = Country(
    "es",
    ("SL", "SA", "SLU"),
    ("Almendral", "Brisamar", "Cedrales", "Duranza", "Encinares", "Fresneda", "Granjuela", "Hontanar", "Olivarejo"),
    ("Distribuciones", "Envases", "Logística", "Alimentación", "Construcciones", "Muebles", "Industrias", "Textil"),
    ("Bilbao", "Valencia", "Zaragoza", "Sevilla", "Madrid", "Vitoria", "Burgos"),
    ("Lucía", "Javier", "Carmen", "Miguel", "Elena", "Pablo", "Rosa"),
    ("Iturbe", "Navarro", "Campos", "Rueda", "Salcedo", "Ortega", "Vidal"),
    "+34 910 05 0# ##",
)
_ITALIAN = Country(
    "it",
    ("Srl", "SpA", "Snc"),
    ("Acquaviva", "Borgonovo", "Cipressa", "Dolcetto", "Erbanera", "Fontanile", "Ginestra", "Lupara", "Montefosco"),
    ("Arredamenti", "Imballaggi", "Meccanica", "Alimentari", "Logistica", "Tessuti", "Impianti", "Commerciale"),
    ("Milano", "Torino", "Bologna", "Verona", "Genova", "Padova", "Firenze"),
    ("Giulia", "Marco", "Francesca", "Paolo", "Elisa", "Andrea", "Silvia"),
    ("Ferrante", "Colombi", "Marchetti", "Rinaldi", "Galli", "Fontana", "Vitale"),
    "+39 02 0005 0###",
)
_DUTCH = Country(
    "nl",
    ("BV", "NV", "VOF"),
    ("Berkenrode", "Duinzicht", "Eikendaal", "Groenhoeve", "Havenlicht", "Kastanje", "Molenvliet", "Wilgenburg"),
    ("Verpakkingen", "Logistiek", "Techniek", "Handel", "Bouw", "Voeding", "Installaties", "Meubelen"),
    ("Utrecht", "Rotterdam", "Eindhoven", "Groningen", "Breda", "Arnhem"),
    ("Anouk", "Bas", "Femke", "Jeroen", "Sanne", "Thijs", "Marieke"),
    ("de Vries", "Hoekstra", "van Dijk", "Bakker", "Jansen", "Mulder", "Visser"),
    "+31 85 305 0###",
)
COUNTRIES = {
    "FR": _FRENCH,
    "BE": _FRENCH._replace(forms=("SRL", "SA"), towns=("Liège", "Namur", "Bruxelles", "Mons"), phone="+32 2 555 ## ##"),
    "DE": _GERMAN,
    "AT": _GERMAN._replace(towns=("Wien", "Linz", "Graz", "Salzburg"), phone="+43 1 585 ## ##"),
    "GB": _BRITISH,
    "IE": _BRITISH._replace(towns=("Dublin", "Cork", "Galway"), phone="+353 1 555 ####"),
    "ES": _SPANISH,
    "IT": _ITALIAN,
    "NL": _DUTCH,
}


def firm(rng: Random, country: Country) -> str:
    """Return an invented firm's name."""
    stem, trade, form = rng.choice(country.stems), rng.choice(country.trades), rng.choice(country.forms)
    return f"{stem} {trade} {form}" if rng.random() < 0.8 else f"{stem} {form}"


def person(rng: Random, country: Country) -> str:
    """Return an invented person's name."""
    return f"{rng.choice(country.first_names)} {rng.choice(country.last_names)}"


def phone(rng: Random, country: Country) -> str:
    """Return a telephone number that rings nowhere."""
    return "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in country.phone)
