//! What only the sandbox needs of a bank: an address for the directory, how its account numbers are made, and what it
//! does where no source says anything. Nothing here is knowledge about the real bank's calls.

/// Of one bank.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) bic: &'static str,
    pub(crate) city: &'static str,
    pub(crate) street: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) website: &'static str,
    /// What an IBAN of the bank carries after its check digits: the bank's own code.
    pub(crate) iban_code: &'static str,
    /// How many digits the bank's own account numbers have.
    pub(crate) bban_digits: usize,
    /// Whether it tells what is new since an entry or the last read. No source says of any bank that it does.
    pub(crate) delta_lists: bool,
    /// Statements that count where the bank's profile has none, as the text of a profile.
    pub(crate) own: &'static str,
}

impl Seat {
    /// That of the bank with this BIC.
    pub(super) fn of(bic: &str, country: &str) -> Self {
        let of_country = if country == "FI" { ELSEWHERE_FI } else { ELSEWHERE };
        SEATS.iter().find(|seat| seat.bic == bic).copied().unwrap_or(of_country)
    }
}

/// Of banks that only a user's profile knows.
const ELSEWHERE: Seat = Seat {
    bic: "",
    city: "",
    street: "",
    postal_code: "",
    website: "",
    iban_code: "900",
    bban_digits: 11,
    delta_lists: false,
    own: "",
};
const ELSEWHERE_FI: Seat = Seat { iban_code: "3", bban_digits: 14, ..ELSEWHERE };

const SEATS: &[Seat] = &[
    Seat {
        bic: "ESSESESS",
        city: "Stockholm",
        street: "Kungsträdgårdsgatan 8",
        postal_code: "106 40",
        website: "https://seb.se",
        iban_code: "500",
        delta_lists: true,
        ..ELSEWHERE
    },
    Seat {
        bic: "HANDSESS",
        city: "Stockholm",
        street: "Kungsträdgårdsgatan 2",
        postal_code: "106 70",
        website: "https://www.handelsbanken.se",
        iban_code: "600",
        bban_digits: 9,
        ..ELSEWHERE
    },
    Seat {
        bic: "NDEASESS",
        city: "Stockholm",
        street: "Smålandsgatan 17",
        postal_code: "105 71",
        website: "https://www.nordea.se",
        iban_code: "300",
        ..ELSEWHERE
    },
    Seat {
        bic: "SWEDSESS",
        city: "Stockholm",
        street: "Landsvägen 40",
        postal_code: "172 63",
        website: "https://www.swedbank.se",
        iban_code: "800",
        bban_digits: 14,
        own: include_str!("../../banks/SWEDSESS.toml"),
        ..ELSEWHERE
    },
    Seat {
        bic: "DABASESX",
        city: "Stockholm",
        street: "Norrmalmstorg 1",
        postal_code: "111 46",
        website: "https://danskebank.se",
        iban_code: "DABA846004",
        bban_digits: 8,
        ..ELSEWHERE
    },
    Seat {
        bic: "NDEAFIHH",
        city: "Helsinki",
        street: "Satamaradankatu 5",
        postal_code: "00020",
        website: "https://www.nordea.fi",
        iban_code: "1",
        bban_digits: 14,
        own: include_str!("../../banks/NDEAFIHH.toml"),
        ..ELSEWHERE
    },
    Seat {
        bic: "OKOYFIHH",
        city: "Helsinki",
        street: "Gebhardinaukio 1",
        postal_code: "00510",
        website: "https://www.op.fi",
        iban_code: "5",
        bban_digits: 14,
        own: include_str!("../../banks/OKOYFIHH.toml"),
        ..ELSEWHERE
    },
];
