"""Country profiles: the law that a shop in each country follows for its customers' data.

The page shows plain words; the citations stand behind "Legal basis". They inform, they are not legal advice: an
operator should have them read by a lawyer (docs/privacy.md).
"""

from revivatech.kit.structs import Value


class CountryProfile(Value, frozen=True):
    """Retention periods, citations and the supervisory authority of one country. A citation may be empty.

    Records of money are kept to the end of the year `invoice_years` after the one of the work; a repair under warranty
    is kept for its own number of months.
    """

    invoice_years: int
    invoice_source: str = ""
    warranty_source: str = ""
    # Legal bases: for the repair and the account, what the law requires, account security, offers and news.
    contract: str = ""
    obligation: str = ""
    interest: str = ""
    consent: str = ""
    authority: str = ""
    authority_url: str = ""


def _gdpr(
    years: int, invoices: str = "", warranty: str = "", authority: str = "", authority_url: str = ""
) -> CountryProfile:
    return CountryProfile(
        years,
        invoices,
        warranty,
        "GDPR Art. 6(1)(b)",
        "GDPR Art. 6(1)(c)",
        "GDPR Art. 6(1)(f)",
        "GDPR Art. 6(1)(a)",
        authority,
        authority_url,
    )


# Where no law is known here, records of money are kept as long as the longest of the periods below.
UNKNOWN_YEARS = 10

PROFILES = {
    # Six years after the transaction: TCA 1997 s. 886(4), VATCA 2010 s. 84(3). Claims from a contract: six years,
    # Statute of Limitations 1957 s. 11(1)(a).
    "IE": _gdpr(
        6,
        "Taxes Consolidation Act 1997, s. 886; VAT Consolidation Act 2010, s. 84",
        "Consumer Rights Act 2022; Statute of Limitations 1957, s. 11",
        "Data Protection Commission",
        "https://www.dataprotection.ie",
    ),
    # Invoices and other vouchers: eight years from the end of the year, § 147 (1) no. 4, (3), (4) AO, § 257 (1) no. 4,
    # (4) HGB, § 14b (1) UStG. It was ten until the Fourth Bureaucracy Relief Act (BGBl. 2024 I no. 323). Ten years
    # remain for books and annual accounts, and six for business letters, which the portal does not hold.
    "DE": _gdpr(
        8,
        "§ 147 AO, § 14b UStG",
        "§ 634a BGB",
        "Datenschutzaufsichtsbehörde des Bundeslandes",
        "https://www.bfdi.bund.de",
    ),
    # Ten calendar years after the one of the document: CIVA art. 52(1). Warranty: Decreto-Lei 84/2021.
    "PT": _gdpr(
        10,
        "Código do IVA, art. 52",
        "Decreto-Lei n.º 84/2021",
        "Comissão Nacional de Proteção de Dados (CNPD)",
        "https://www.cnpd.pt",
    ),
    # Until the tax claim is time-barred, CTN art. 195 sole paragraph: five years from the first day of the next year,
    # art. 173 I, and five from the assessment, art. 174.
    "BR": CountryProfile(
        5,
        "CTN, arts. 173, 174, 195",
        "CDC, arts. 26, 27, 50",
        "LGPD, art. 7, V",
        "LGPD, art. 7, II",
        "LGPD, art. 7, IX",
        "LGPD, art. 7, I",
        "Autoridade Nacional de Proteção de Dados (ANPD)",
        "https://www.gov.br/anpd",
    ),
}
# The other countries in which the GDPR applies: the European Union and, by the EEA Agreement, three more.
GDPR_COUNTRIES = frozenset(
    "AT BE BG CY CZ DK EE ES FI FR GR HR HU IS IT LI LT LU LV MT NL NO PL RO SE SI SK".split()  # noqa: SIM905 - readable
)


def profile_of_country(country: str | None) -> CountryProfile:
    """Return the profile of a country (ISO 3166 alpha-2), or a neutral one that cites no national law."""
    if country in PROFILES:
        return PROFILES[country]
    return _gdpr(UNKNOWN_YEARS) if country in GDPR_COUNTRIES else CountryProfile(UNKNOWN_YEARS)
